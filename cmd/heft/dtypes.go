package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/suggest"
)

// savedAs are the number formats that a run can be saved in.
var savedAs = []dtype.DType{dtype.F32, dtype.F16, dtype.BF16}

// convertedTo are the number formats that floats are converted to.
var convertedTo = []dtype.DType{dtype.F64, dtype.F32, dtype.F16, dtype.BF16, dtype.F8E4M3, dtype.F8E5M2}

// parseDType reads one of the number formats that a flag takes.
func parseDType(text string, taken []dtype.DType) (dtype.DType, error) {
	d, err := dtype.Parse(text)
	if err == nil && slices.Contains(taken, d) {
		return d, nil
	}
	var names []string
	for _, t := range taken {
		names = append(names, t.String())
	}
	hint := ""
	if err != nil {
		hint = suggest.For(text, names)
	}
	return 0, fmt.Errorf("%.40q is no number format to choose here%s: use %s", text, hint, choice(names))
}

// choice lists names, with "or" before the last.
func choice(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
