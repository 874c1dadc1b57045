package train

import (
	"fmt"
	"strconv"
	"strings"
)

// Largest sizes that a model given as text may have: they keep a slip of the finger from taking all memory.
const (
	maxWidth  = 1 << 16
	maxLayers = 1 << 10
)

// ParseModel reads the hidden widths of a perceptron: mlp:300,100, or mlp for a linear classifier.
// The error says what is not understood.
func ParseModel(text string) (hidden []int, err error) {
	kind, widths, given := strings.Cut(text, ":")
	if kind != "mlp" {
		return nil, fmt.Errorf("no model is called %q: use mlp:WIDTH,WIDTH,..., as in mlp:300,100", text)
	}
	if !given {
		return nil, nil
	}
	for _, w := range strings.Split(widths, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(w))
		if err != nil || n < 1 || n > maxWidth {
			return nil, fmt.Errorf("model %q: width %q must be a whole number from 1 to %d", text, w, maxWidth)
		}
		hidden = append(hidden, n)
	}
	if len(hidden) > maxLayers {
		return nil, fmt.Errorf("model %q: %d hidden layers, but at most %d are allowed", text, len(hidden), maxLayers)
	}
	return hidden, nil
}
