package initializer

import (
	"cmp"
	"slices"
)

// entry is one scheme as text. The file of a scheme registers it:
//
//	var _ = register(entry{
//		family: familyScaled, name: "lecun-normal", about: "variance 1/fan_in: for SELU",
//		scheme: func(_ []float64, o []Option) Scheme { return LeCunNormal(o...) }, options: true,
//	})
//
// The command, its help, files and the laboratory know it from there.
type entry struct {
	family  family
	name    string
	about   string    // a few words for help, with the numbers' names in capitals
	numbers []float64 // the numbers it takes, with their defaults
	options bool      // it takes options
	scheme  func(numbers []float64, opts []Option) Scheme
}

// family is where a scheme stands in lists.
type family int

const (
	familyConstant family = iota // one number
	familyDrawn                  // a distribution, whatever the fans
	familyScaled                 // a variance that goes by the fans
	familyExact                  // matrices with a property that holds exactly
	familyDeep                   // goes by the residual branches
	familyWide                   // goes by the width
	familyLibrary                // as another library starts
)

var entries []entry

// register adds a scheme. A name that is taken panics.
func register(e entry) struct{} {
	if find(e.name) != nil {
		misuse("two schemes are called %q", e.name)
	}
	entries = append(entries, e)
	return struct{}{}
}

// find returns the scheme of that name, or nil.
func find(name string) *entry {
	i := slices.IndexFunc(entries, func(e entry) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return &entries[i]
}

// Names lists the names that [Parse] knows, each with a few words about it: by family, then in the order of the files
// that hold them.
func Names() (names, about []string) {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b entry) int { return cmp.Compare(a.family, b.family) })
	for _, e := range sorted {
		names = append(names, e.name)
		about = append(about, e.about)
	}
	return names, about
}

// whole returns the number that a scheme calls what as an int. One that is none, or below 1, panics with a [*UsageError].
func whole(scheme, what string, x float64) int {
	const most = 1 << 30
	if x != float64(int(min(max(x, -1), most))) || x < 1 {
		misuse("%s needs a %s that is a whole number from 1 to %d, not %v", scheme, what, most, x)
	}
	return int(x)
}
