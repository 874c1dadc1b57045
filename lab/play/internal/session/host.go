package session

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/heft-ml/heft/lab"
)

// Host answers a page's requests about one experiment.
type Host struct{ session *Session }

// request holds what any request may bring.
type request struct {
	Setup  lab.Setup `json:"setup"`
	Other  lab.Setup `json:"other"`  // of command
	Steps  int       `json:"steps"`  // of train
	Layer  int       `json:"layer"`  // of picture
	Points bool      `json:"points"` // of view
}

// Call does what method names with arguments in JSON and, for load and for open with own data, a file. It returns an answer in JSON and, of picture
// and save, bytes. A slip in this program is an error too: a worker that ends helps nobody.
func (h *Host) Call(method string, arguments, file []byte) (answer, content []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			answer, content, err = nil, nil, fmt.Errorf("the engine failed: %v", r)
		}
	}()
	var r request
	if len(arguments) > 0 {
		if err := json.Unmarshal(arguments, &r); err != nil {
			return nil, nil, fmt.Errorf("the request cannot be read: %w", err)
		}
	}
	value, content, err := h.do(method, r, file)
	if err != nil {
		return nil, nil, err
	}
	answer, err = json.Marshal(value)
	return answer, content, err
}

func (h *Host) do(method string, r request, file []byte) (value any, content []byte, err error) {
	switch method {
	case "catalogue":
		return Contents(), nil, nil
	case "command":
		value, err = Command(r.Setup, r.Other)
		return value, nil, err
	case "open":
		s, err := open(r.Setup, file)
		if err != nil {
			return nil, nil, err
		}
		h.session = s
		return s.View(true), nil, nil
	}
	if h.session == nil {
		return nil, nil, errors.New("no experiment is open")
	}
	switch method {
	case "view":
		return h.session.View(r.Points), nil, nil
	case "train":
		return h.session.Train(r.Steps), nil, nil
	case "picture":
		return results(h.session.Picture(r.Layer))
	case "save":
		content, err = h.session.Save()
		return struct{}{}, content, err
	case "load":
		if err := h.session.Load(file); err != nil {
			return nil, nil, err
		}
		return h.session.View(false), nil, nil
	}
	return nil, nil, fmt.Errorf("no request is called %.40q", method)
}

func results(p Picture, pixels []byte, err error) (any, []byte, error) { return p, pixels, err }
