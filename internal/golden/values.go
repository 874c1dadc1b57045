package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Numbers are float values. The files write those that JSON lacks as "NaN", "Inf" and "-Inf".
type Numbers []float64

// UnmarshalJSON reads an array of numbers and of those three texts.
func (n *Numbers) UnmarshalJSON(data []byte) error {
	var values []any
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*n = make(Numbers, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case float64:
			(*n)[i] = v
		case string:
			special, ok := map[string]float64{"NaN": math.NaN(), "Inf": math.Inf(1), "-Inf": math.Inf(-1)}[v]
			if !ok {
				return fmt.Errorf("%q at %d is not a number", v, i)
			}
			(*n)[i] = special
		default:
			return fmt.Errorf("%v at %d is not a number", v, i)
		}
	}
	return nil
}

// As returns the numbers as T: exact for float32 where the file holds float32 values.
func As[T float32 | float64](n Numbers) []T {
	values := make([]T, len(n))
	for i, v := range n {
		values[i] = T(v)
	}
	return values
}

// Tensor is float values with a shape, row-major.
type Tensor struct {
	Shape []int
	Data  Numbers
}

// Ints are labels, or a mask of 0 and 1, with a shape.
type Ints struct {
	Shape []int
	Data  []int32
}

// Bools returns a mask's truths.
func (x Ints) Bools() []bool {
	truths := make([]bool, len(x.Data))
	for i, v := range x.Data {
		truths[i] = v != 0
	}
	return truths
}

// Args are the arguments of a case, by torch's names. They know which were read, so that a test that overlooks one fails.
type Args struct {
	values map[string]json.RawMessage
	read   map[string]bool
}

// UnmarshalJSON reads an object.
func (a *Args) UnmarshalJSON(data []byte) error {
	a.read = map[string]bool{}
	return json.Unmarshal(data, &a.values)
}

// Has tells whether there is an argument of that name.
func (a *Args) Has(name string) bool { return a.values[name] != nil }

// Arg returns an argument as a V, or absent when the case has none of that name. Another type panics.
func Arg[V any](a *Args, name string, absent V) V {
	raw := a.values[name]
	if raw == nil {
		return absent
	}
	a.read[name] = true
	var v V
	if err := json.Unmarshal(raw, &v); err != nil {
		panic(fmt.Sprintf("golden: argument %s is %s: %v", name, raw, err))
	}
	return v
}

// Unread returns the arguments that nobody asked for, sorted.
func (a *Args) Unread() []string {
	var names []string
	for name := range a.values {
		if !a.read[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
