package inspect

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// Comparison is how the tensors of two weights files differ.
type Comparison struct {
	A         string         `json:"a"` // path
	B         string         `json:"b"`
	Tolerance Tolerance      `json:"tolerance"`
	Same      int            `json:"same"`    // tensors without a difference
	Tensors   []Difference   `json:"tensors"` // those with one, and those whose format alone differs: in the order of A, then those only B has
	Modules   []ModuleChange `json:"modules"` // that have tensors with a difference

	module map[string]int // where each stands in Modules
}

// Tolerance says which values count as equal: a and b, when |a-b| <= Abs + Rel |b|, as NumPy's allclose has it.
type Tolerance struct {
	Abs float64 `json:"abs"`
	Rel float64 `json:"rel"`
}

// Difference is how a tensor differs.
type Difference struct {
	Name   string   `json:"name"`
	Status Status   `json:"status"`
	DTypes []string `json:"dtypes"` // of those files that have it, A's first
	Shapes [][]int  `json:"shapes"`
	Values *Gap     `json:"values"` // nil when values were not compared as numbers
}

// Status is in which way a tensor differs.
type Status string

// The ways. Of one whose format differs all values are equal; of a changed one the format may differ, too.
const (
	Removed  Status = "removed" // only A has it
	Added    Status = "added"   // only B has it
	Reshaped Status = "reshaped"
	Changed  Status = "changed" // values differ
	Recast   Status = "recast"  // the format alone differs, which is no difference
)

// ModuleChange sums up the differences in a module: the name of a tensor to its first number, as "h.3", or its first part.
type ModuleChange struct {
	Name    string  `json:"name"`
	Changed int     `json:"changed"` // tensors that differ in any way
	MaxAbs  *Number `json:"max_abs"` // nil when no values were compared as numbers
}

// Equal tells whether nothing differs but formats.
func (c *Comparison) Equal() bool {
	return !slices.ContainsFunc(c.Tensors, func(d Difference) bool { return d.Status != Recast })
}

// Compare compares the tensors of two files, those that patterns choose of both: see [Choose]. Values are compared as
// numbers, whatever their formats, blocks of GGUF as the F32 they stand for; NaN equals NaN. Tensors that are no numbers
// are compared by their bytes. Errors are those of the files and of ctx; a pattern that fits neither file is one.
func Compare(ctx context.Context, a, b *Source, tolerance Tolerance, patterns ...string) (*Comparison, error) {
	ofA, ofB, err := chooseOfBoth(a.Tensors(), b.Tensors(), patterns)
	if err != nil {
		return nil, err
	}
	c := &Comparison{A: a.Path, B: b.Path, Tolerance: tolerance, Tensors: []Difference{}, Modules: []ModuleChange{}, module: map[string]int{}}
	other := make(map[string]dtype.Info, len(ofB))
	for _, info := range ofB {
		other[info.Name] = info
	}
	for _, info := range ofA {
		in, both := other[info.Name]
		delete(other, info.Name)
		switch {
		case !both:
			c.note(Difference{info.Name, Removed, []string{info.Type}, [][]int{info.Shape}, nil})
		case !slices.Equal(info.Shape, in.Shape):
			c.note(difference(info, in, Reshaped, nil))
		default:
			gap, differ, err := compareValues(ctx, a, b, info, in, tolerance)
			if err != nil {
				return nil, err
			}
			switch {
			case differ:
				c.note(difference(info, in, Changed, gap))
			case info.Type != in.Type:
				c.note(difference(info, in, Recast, gap))
			default:
				c.Same++
			}
		}
	}
	for _, info := range ofB {
		if _, left := other[info.Name]; left {
			c.note(Difference{info.Name, Added, []string{info.Type}, [][]int{info.Shape}, nil})
		}
	}
	return c, nil
}

// chooseOfBoth chooses from two files; a pattern may fit tensors of one alone.
func chooseOfBoth(a, b []dtype.Info, patterns []string) (ofA, ofB []dtype.Info, err error) {
	chosen, err := Choose(slices.Concat(a, b), patterns)
	if err != nil {
		return nil, nil, err
	}
	names := make(map[string]bool, len(chosen))
	for _, info := range chosen {
		names[info.Name] = true
	}
	out := func(info dtype.Info) bool { return !names[info.Name] }
	return slices.DeleteFunc(a, out), slices.DeleteFunc(b, out), nil
}

func difference(a, b dtype.Info, status Status, gap *Gap) Difference {
	return Difference{a.Name, status, []string{a.Type, b.Type}, [][]int{a.Shape, b.Shape}, gap}
}

// note adds a difference, and to that of its module.
func (c *Comparison) note(d Difference) {
	c.Tensors = append(c.Tensors, d)
	if d.Status == Recast {
		return
	}
	name := moduleOf(d.Name)
	if _, known := c.module[name]; !known {
		c.module[name] = len(c.Modules)
		c.Modules = append(c.Modules, ModuleChange{Name: name})
	}
	m := &c.Modules[c.module[name]]
	m.Changed++
	if d.Values != nil {
		most := d.Values.MaxAbs
		if m.MaxAbs != nil {
			most = max(most, *m.MaxAbs)
		}
		m.MaxAbs = &most
	}
}

// moduleOf returns the name of a tensor to its first number, or its first part.
func moduleOf(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if _, err := strconv.Atoi(part); err == nil {
			return strings.Join(parts[:i+1], ".")
		}
	}
	return parts[0]
}
