package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"time"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Tensors are the numbers to start from.
type Tensors map[string][]float32

// Runner is a work load that is ready to run.
type Runner interface {
	// Reset goes back to the numbers that the work load starts from.
	Reset()
	// Step does all of the work once.
	Step()
	// Value returns the sum of the absolute values in the last row of what the last step computed: of c or of the output.
	// Of training it is the loss before that step, of Touch the sum of the bytes that were looked at, and of other work on files what Written says; NaN if
	// the contestant does only part of the work.
	Value() float64
}

// LastRow is what a Runner's Value is of a matrix with so many columns.
func LastRow(matrix []float32, columns int) (sum float64) {
	for _, v := range matrix[len(matrix)-columns:] {
		sum += math.Abs(float64(v))
	}
	return sum
}

// Written is what a Runner's Value is of a file that it wrote: the sum of the bytes in its last page.
func Written(path string) (sum float64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	end, err := f.Seek(-Page, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	page := make([]byte, Page)
	if _, err := f.ReadAt(page, end); err != nil {
		return 0, err
	}
	for _, b := range page {
		sum += float64(b)
	}
	return sum, nil
}

// ErrCannot is returned by a contestant's prepare for work that the library cannot do.
var ErrCannot = errors.New("this library cannot do this work")

// Serve is the whole main function of a contestant in Go.
func Serve(h Hello, prepare func(Work, Tensors) (Runner, error)) {
	log.SetFlags(0)
	log.SetPrefix(h.Name + ": ")
	if err := serve(os.Stdin, os.Stdout, h, prepare); err != nil {
		log.Fatal(err)
	}
}

func serve(r io.Reader, w io.Writer, h Hello, prepare func(Work, Tensors) (Runner, error)) error {
	in, out := json.NewDecoder(r), json.NewEncoder(w)
	if err := out.Encode(h); err != nil {
		return err
	}
	var ready Runner
	for {
		var request Request
		if err := in.Decode(&request); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("cannot read a request: %w", err)
		}
		var answer Answer
		switch {
		case request.Prepare != nil:
			var err error
			ready = nil // its memory is free before the next one takes any
			ready, err = load(*request.Prepare, request.File, prepare)
			if errors.Is(err, ErrCannot) {
				answer.Cannot = err.Error()
			} else if err != nil {
				return err
			}
		case ready == nil:
			return errors.New("asked to run before anything is ready")
		default:
			answer.Seconds, answer.Value = run(ready, request.Warmup, request.Steps)
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
}

// load reads the numbers and prepares the work load.
func load(w Work, file string, prepare func(Work, Tensors) (Runner, error)) (Runner, error) {
	if w.OnFile() {
		w.File = file
		return prepare(w, nil)
	}
	read, _, err := safetensors.Load(file)
	if err != nil {
		return nil, err
	}
	tensors := Tensors{}
	for _, t := range read {
		if t.DType != dtype.F32 {
			return nil, fmt.Errorf("%s: tensor %q is %v, not F32", file, t.Name, t.DType)
		}
		if tensors[t.Name], err = t.Float32s(nil); err != nil {
			return nil, err
		}
	}
	return prepare(w, tensors)
}

func run(r Runner, warmup, steps int) (seconds float64, value *float64) {
	r.Reset()
	do(r, warmup)
	begun := time.Now()
	do(r, steps)
	seconds = time.Since(begun).Seconds()
	if v := r.Value(); !math.IsNaN(v) {
		value = &v
	}
	return seconds, value
}

// do runs steps: at once, by the method Steps, where the runner has one because its steps do not follow from each other.
func do(r Runner, steps int) {
	if r, ok := r.(interface{ Steps(n int) }); ok {
		r.Steps(steps)
		return
	}
	for range steps {
		r.Step()
	}
}
