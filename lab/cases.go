package lab

import (
	"fmt"
	"strings"

	initializer "github.com/heft-ml/heft/init"
)

// Case is a start with the name that it has in a comparison.
type Case struct {
	Name   string
	Scheme string // see [Setup]
}

// customary are the names of schemes that are called otherwise than by their text, wherever they are compared.
var customary = map[string]string{
	"normal(0,0.01)": "too small",
	"normal(0,1)":    "too large",
	"xavier-normal":  "Xavier",
	"kaiming-normal": "Kaiming",
	"zero-residual":  "zero residual",
	"fixup":          "Fixup",
	"gpt2(0.02)":     "GPT-2",
}

// NewCase returns a scheme, as text, under the name that it has in every comparison: a customary one, or its text.
func NewCase(scheme string) Case {
	if name, ok := customary[scheme]; ok {
		return Case{name, scheme}
	}
	return Case{scheme, scheme}
}

func newCases(schemes ...string) (cases []Case) {
	for _, s := range schemes {
		cases = append(cases, NewCase(s))
	}
	return cases
}

// Classic returns the six starts that every course compares, for networks of an activation: all zeros, too small, too
// large, Xavier (Glorot and Bengio 2010), Kaiming (He et al. 2015) and orthogonal (Saxe et al. 2013) with the gain that
// suits the activation.
func Classic(activation string) []Case {
	orthogonal := "orthogonal"
	if _, err := initializer.Gain(activation, 0); err == nil {
		orthogonal = fmt.Sprintf("orthogonal(for=%s)", activation)
	}
	return newCases("zeros", "normal(0,0.01)", "normal(0,1)", "xavier-normal", "kaiming-normal", orthogonal)
}

// Classic returns the starts to compare in the setup's network: those of the function Classic or, in a residual network, three
// that know nothing of branches and three that do (Goyal et al. 2017, Zhang et al. 2019, Radford et al. 2019).
func (s Setup) Classic() []Case {
	if s.Residual == "" {
		return Classic(s.Activation)
	}
	return newCases("zeros", "xavier-normal", "kaiming-normal", "zero-residual", "fixup", "gpt2(0.02)")
}

// ParseCases reads schemes separated by commas, except for commas in parentheses: "xavier-normal,normal(0,0.1)". Their names are
// those of [NewCase]. The error names the scheme that is not understood, or that stands twice.
func ParseCases(text string) ([]Case, error) {
	var cases []Case
	seen := map[string]bool{}
	for _, scheme := range splitSchemes(text) {
		c := NewCase(scheme)
		if scheme != LSUVScheme {
			parsed, err := parseScheme(scheme)
			if err != nil {
				return nil, err
			}
			c = NewCase(parsed.String())
		}
		if seen[c.Scheme] {
			return nil, fmt.Errorf("scheme %q is given twice", scheme)
		}
		seen[c.Scheme] = true
		cases = append(cases, c)
	}
	return cases, nil
}

// splitSchemes cuts at commas outside of parentheses.
func splitSchemes(text string) (parts []string) {
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[from:]))
}
