package serialize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// IndexError says that the index of a model in many files is not what it should be, or that the files are not what it says.
type IndexError struct {
	Index  string // the path of the index
	Tensor string // the tensor concerned, or empty
	Detail string
	Err    error // the cause, if there is one
}

// Error names the index, the tensor and what is wrong, in one line.
func (e *IndexError) Error() string {
	var b strings.Builder
	b.WriteString("index")
	if e.Index != "" {
		fmt.Fprintf(&b, " %q", e.Index)
	}
	if e.Tensor != "" {
		fmt.Fprintf(&b, ": tensor %.100q", e.Tensor)
	}
	b.WriteString(": " + e.Detail)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *IndexError) Unwrap() error { return e.Err }

// mostIndex bounds an index in bytes, as the header of a safetensors file is.
const mostIndex = 100_000_000

// weightIndex is what model.safetensors.index.json and pytorch_model.bin.index.json say.
type weightIndex struct {
	files map[string]string // of each tensor
	total float64           // bytes of all tensors, -1 when it does not say
}

// openIndex opens an index and the files it names.
func (p place) openIndex(name string) (File, error) {
	text, err := p.text(name, mostIndex)
	if err != nil {
		return nil, err
	}
	x, err := parseIndex(text)
	if err != nil {
		return nil, p.inIndex(name, err)
	}
	j := &joined{holder: map[string]File{}}
	if err := p.join(j, x); err != nil {
		_ = j.Close() // nothing was written, and the reason for closing is being reported
		return nil, p.inIndex(name, err)
	}
	return j, nil
}

// inIndex names the index in an IndexError that does not name it.
func (p place) inIndex(name string, err error) error {
	var index *IndexError
	if errors.As(err, &index) && index.Index == "" {
		index.Index = p.at(name)
	}
	return err
}

// text reads a small file.
func (p place) text(name string, most int64) ([]byte, error) {
	s, err := p.source(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // nothing was written
	if s.Size() > most {
		return nil, fmt.Errorf("%q has %d bytes, at most %d are read", p.at(name), s.Size(), most)
	}
	text := make([]byte, s.Size())
	if n, err := s.ReadAt(text, 0); n < len(text) {
		return nil, fmt.Errorf("%q: %w", p.at(name), err)
	}
	return text, nil
}

// parseIndex reads {"metadata": {"total_size": N, ...}, "weight_map": {TENSOR: FILE, ...}}. What else stands there is passed over.
func parseIndex(text []byte) (*weightIndex, error) {
	if !utf8.Valid(text) {
		return nil, &IndexError{Detail: "it is not UTF-8"}
	}
	if err := json.Unmarshal(text, new(json.RawMessage)); err != nil {
		return nil, &IndexError{Detail: "it is not the JSON of an index", Err: err}
	}
	x := &weightIndex{total: -1}
	err := members(text, "the index", func(key string, d *json.Decoder) error {
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return &IndexError{Detail: "the index", Err: err}
		}
		switch key {
		case "metadata":
			return x.readMetadata(value)
		case "weight_map":
			return x.readMap(value)
		}
		return nil
	})
	if err == nil && x.files == nil {
		err = &IndexError{Detail: `it has no "weight_map": of JSON, only the index of a model in many files is a weight file`}
	}
	return x, err
}

// readMetadata reads the number of bytes, if it is there; some libraries write 1e9.
func (x *weightIndex) readMetadata(text json.RawMessage) error {
	var m struct {
		TotalSize *float64 `json:"total_size"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return &IndexError{Detail: `"metadata" is none`, Err: err}
	}
	if m.TotalSize == nil {
		return nil
	}
	if x.total = *m.TotalSize; x.total < 0 {
		return &IndexError{Detail: "total_size is not a number of bytes"}
	}
	return nil
}

// readMap reads which file each tensor is in.
func (x *weightIndex) readMap(text json.RawMessage) error {
	x.files = map[string]string{}
	return members(text, `"weight_map"`, func(tensor string, d *json.Decoder) error {
		value, err := d.Token()
		file, ok := value.(string)
		switch {
		case err != nil || !ok:
			return &IndexError{Tensor: tensor, Detail: "the name of a file is expected", Err: err}
		case !plainName(file):
			return &IndexError{Tensor: tensor, Detail: fmt.Sprintf("%.100q is not the name of a file in the folder of the index", file)}
		}
		x.files[tensor] = file
		return nil
	})
}

// members calls member for each key of a JSON object, in the order of the text, to read the value. It refuses a key that comes twice, which encoding/json
// lets pass.
func members(text []byte, what string, member func(key string, value *json.Decoder) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return &IndexError{Detail: what + " is no object", Err: err}
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return &IndexError{Detail: what, Err: err}
		}
		key, _ := token.(string) // a key is nothing else
		if seen[key] {
			return &IndexError{Detail: fmt.Sprintf("%s: the name %.100q comes twice", what, key)}
		}
		seen[key] = true
		if err := member(key, d); err != nil {
			return err
		}
	}
	return nil
}

// plainName tells whether a name leads nowhere but to a file of the folder, on any system.
func plainName(name string) bool {
	return name != "." && fs.ValidPath(name) && filepath.IsLocal(name) && !strings.ContainsAny(name, "/\\:\x00")
}

// join opens the files that the index names, in the order of their names, and checks that they hold what it says.
func (p place) join(j *joined, x *weightIndex) error {
	total := int64(0)
	shared := false
	for _, name := range slices.Compact(slices.Sorted(maps.Values(x.files))) {
		start, err := p.start(name)
		if errors.Is(err, fs.ErrNotExist) {
			return &IndexError{Detail: fmt.Sprintf("it names the file %.100q, which was lost or not downloaded", name), Err: err}
		}
		if err != nil {
			return err
		}
		part, err := p.openFile(name, start)
		if err != nil {
			return err
		}
		j.parts, j.names = append(j.parts, part), append(j.names, name)
		shared = shared || part.Format() == PyTorch
		for _, info := range part.Tensors() {
			switch file, ok := x.files[info.Name]; {
			case !ok:
				return &IndexError{Tensor: info.Name, Detail: fmt.Sprintf("%.100q has it, but the index does not", name)}
			case file != name:
				return &IndexError{Tensor: info.Name, Detail: fmt.Sprintf("%.100q has it, but the index says %.100q", name, file)}
			}
			j.holder[info.Name] = part
			j.infos = append(j.infos, info)
			total += info.Bytes
		}
	}
	for _, tensor := range slices.Sorted(maps.Keys(x.files)) {
		if j.holder[tensor] == nil {
			return &IndexError{Tensor: tensor, Detail: fmt.Sprintf("%.100q does not have it, but the index says so", x.files[tensor])}
		}
	}
	// Tensors of PyTorch's files can share memory, which total_size counts once.
	if x.total >= 0 && x.total != float64(total) && !shared {
		return &IndexError{Detail: fmt.Sprintf("the tensors have %d bytes, but total_size is %.0f: correct it or take it out", total, x.total)}
	}
	return nil
}
