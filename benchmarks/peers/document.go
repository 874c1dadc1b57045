package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// The generated part of a document stands between these lines.
const (
	generatedBegin = "<!-- begin: written by benchmarks/peers -->\n"
	generatedEnd   = "<!-- end: written by benchmarks/peers -->\n"
)

// writeInto replaces the generated part of the document at path.
func (r report) writeInto(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var part bytes.Buffer
	r.write(&part)
	text, err = replaceGenerated(text, part.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

func replaceGenerated(text, part []byte) ([]byte, error) {
	head, rest, begins := bytes.Cut(text, []byte(generatedBegin))
	_, tail, ends := bytes.Cut(rest, []byte(generatedEnd))
	if !begins || !ends {
		return nil, fmt.Errorf("there is no part between the lines %q and %q to replace", generatedBegin, generatedEnd)
	}
	return bytes.Join([][]byte{head, []byte(generatedBegin), part, []byte(generatedEnd), tail}, nil), nil
}
