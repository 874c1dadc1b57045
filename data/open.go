package data

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
)

// openPoints is how many points a named set has that is generated.
const openPoints = 1000

// entry is a set that has a name.
type entry struct {
	name      string
	fixedTest bool // it has a test part of its own, so Spec.Test is ignored
	load      func(s Spec, o loadOptions) (*Parts, error)
}

// catalog lists the sets with a name, in the order in which they are shown.
var catalog = []entry{
	{"digits", true, loadDigits},
	{"moons", false, generated(func(seed uint64) *Set { return Moons(openPoints, 0.2, seed) })},
	{"spiral", false, generated(func(seed uint64) *Set { return Spiral(openPoints, 2, 0.2, seed) })},
	{"xor", false, generated(func(seed uint64) *Set { return XOR(openPoints, 0.1, seed) })},
	{"circles", false, generated(func(seed uint64) *Set { return Circles(openPoints, 0.1, seed) })},
	{"gauss", false, generated(func(seed uint64) *Set { return Gauss(openPoints, 0.5, seed) })},
	{mnist.name, true, mnist.load},
	{fashionMNIST.name, true, fashionMNIST.load},
}

// loadDigits returns the digits. A sample from outside is an image, white on black as they are.
func loadDigits(s Spec, _ loadOptions) (*Parts, error) {
	train, test := Digits()
	return holdOut(s, train, test, &Input{
		Kind: ImageInput, Width: digitSide, Height: digitSide, Channels: 1, PixelMean: []float64{0}, PixelStd: []float64{1},
		Target: Column{Name: "digit", Kind: CategoryColumn, Values: slices.Clone(train.Classes)},
	}), nil
}

// generated returns the loader of points in the plane. A sample from outside is a row with the columns x and y,
// taken as they are.
func generated(draw func(seed uint64) *Set) func(Spec, loadOptions) (*Parts, error) {
	return func(s Spec, _ loadOptions) (*Parts, error) {
		train, test := draw(s.Seed).Split(1-s.Test, s.Seed)
		return holdOut(s, train, test, &Input{
			Kind:    TableInput,
			Columns: []Column{{Name: "x", Kind: NumberColumn, Std: 1}, {Name: "y", Kind: NumberColumn, Std: 1}},
			Target:  Column{Name: "class", Kind: CategoryColumn, Values: slices.Clone(train.Classes)},
		}), nil
	}
}

// lookup returns the entry of a name. The error lists the known ones.
func lookup(name string) (entry, error) {
	for _, e := range catalog {
		if e.name == name {
			return e, nil
		}
	}
	return entry{}, fmt.Errorf("unknown data set %q%s: known are %s, csv:PATH, images:DIR, text and text:PATH", name, suggest.For(name, Names()), strings.Join(Names(), ", "))
}

// Names returns the names that [Open] and [Load] know.
func Names() []string {
	names := make([]string, len(catalog))
	for i, e := range catalog {
		names[i] = e.name
	}
	return names
}

// Open returns a set by name, in a part to train with and a part to test with: [Load] for whoever needs no more. The
// package documentation has a table of the names. The seed decides the points and the division of a generated set;
// the digits and their division are fixed. The error for an unknown name lists the known ones.
func Open(name string, seed uint64) (train, test *Set, err error) {
	p, err := Load(Spec{Name: name, Test: DefaultTest, Seed: seed})
	if err != nil {
		return nil, nil, err
	}
	return p.Train, p.Test, nil
}
