package data

import (
	"fmt"
	"strings"
)

// What Open generates: the number of points, and the part of them to train with.
const (
	openPoints = 1000
	openTrain  = 0.8
)

// catalog lists the sets that Open knows, in the order in which they are shown.
var catalog = []struct {
	name string
	open func(seed uint64) (train, test *Set)
}{
	{"digits", func(uint64) (train, test *Set) { return Digits() }},
	{"moons", func(seed uint64) (train, test *Set) { return Moons(openPoints, 0.2, seed).Split(openTrain, seed) }},
	{"spiral", func(seed uint64) (train, test *Set) { return Spiral(openPoints, 2, 0.2, seed).Split(openTrain, seed) }},
	{"xor", func(seed uint64) (train, test *Set) { return XOR(openPoints, 0.1, seed).Split(openTrain, seed) }},
	{"circles", func(seed uint64) (train, test *Set) { return Circles(openPoints, 0.1, seed).Split(openTrain, seed) }},
}

// Names returns the names that [Open] knows.
func Names() []string {
	names := make([]string, len(catalog))
	for i, e := range catalog {
		names[i] = e.name
	}
	return names
}

// Open returns a set by name, in a part to train with and a part to test with. The package documentation has a table
// of them. The seed decides the points and the division of a generated set; the digits and their division are fixed.
// The error for an unknown name lists the known ones.
func Open(name string, seed uint64) (train, test *Set, err error) {
	for _, e := range catalog {
		if e.name == name {
			train, test = e.open(seed)
			return train, test, nil
		}
	}
	return nil, nil, fmt.Errorf("unknown data set %q: known are %s", name, strings.Join(Names(), ", "))
}
