package vector

import (
	"fmt"
	"strings"
)

// calls writes tables by which a test calls the assembly of every kernel with the arguments that [Kernel.Model] and
// [Kernel.MatrixModel] take.
func calls(packageName string, kernels []*Kernel) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n\nimport (\n\t\"unsafe\"\n\n\t%q\n)\n", notice, packageName, "github.com/heft-ml/heft/internal/isa")
	b.WriteString("\n// calls has the assembly of every kernel over slices, for the arguments of its model.\n")
	b.WriteString("var calls = map[string]func(level isa.Level, n int, args []any) []any{\n")
	for _, k := range kernels {
		if k.shape != Slice {
			continue
		}
		call := k.name + "Asm(" + strings.Join(k.unpacked("n"), ", ") + ")"
		var results []string
		for i := range k.results {
			results = append(results, fmt.Sprintf("r%d", i))
		}
		fmt.Fprintf(&b, "\t%q: func(level isa.Level, n int, args []any) []any {\n", k.name)
		if len(results) == 0 {
			fmt.Fprintf(&b, "\t\t%s\n\t\treturn nil\n\t},\n", call)
		} else {
			names := strings.Join(results, ", ")
			fmt.Fprintf(&b, "\t\t%s := %s\n\t\treturn []any{%s}\n\t},\n", names, call, names)
		}
	}
	b.WriteString("}\n\n// matrixCalls has the assembly of every kernel over matrices, for the arguments of its model.\n")
	b.WriteString("var matrixCalls = map[string]func(level isa.Level, rows, n, stride int, args []any){\n")
	for _, k := range kernels {
		if k.shape != Slice {
			fmt.Fprintf(&b, "\t%q: func(level isa.Level, rows, n, stride int, args []any) {\n", k.name)
			fmt.Fprintf(&b, "\t\t%sAsm(%s)\n\t},\n", k.name, strings.Join(k.unpacked("rows", "n", "stride"), ", "))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// unpacked lists the arguments of the assembly, taken from a slice of any.
func (k *Kernel) unpacked(counts ...string) []string {
	list := []string{"level"}
	for i, a := range k.Arguments() {
		if a.Role == Scalar {
			continue
		}
		list = append(list, fmt.Sprintf("unsafe.SliceData(args[%d].([]%s))", i, a.Type))
	}
	list = append(list, counts...)
	for i, a := range k.Arguments() {
		if a.Role == Scalar {
			list = append(list, fmt.Sprintf("args[%d].(%s)", i, a.Type))
		}
	}
	return list
}

// Role is what an argument of a kernel is for.
type Role int

// The roles. A result is an argument in a matrix only.
const (
	Element  Role = iota // a stream with every element
	OfColumn             // a stream with an element for every column
	OfRow                // what every row has its own of
	OfLine               // a result of every row or column
	Scalar
)

// Argument describes what a kernel takes.
type Argument struct {
	Role Role
	Type string // the Go type of an element: float32, uint16, bool, uint32, float64
}

// Arguments tells what the kernel takes, in the order of its models.
func (k *Kernel) Arguments() []Argument {
	var list []Argument
	for _, s := range k.streams {
		role := Element
		if s.column {
			role = OfColumn
		}
		list = append(list, Argument{Role: role, Type: strings.TrimPrefix(s.kind.slice(), "[]")})
	}
	for _, s := range k.perRow {
		list = append(list, Argument{Role: OfRow, Type: s.kind()})
	}
	if k.shape != Slice {
		for _, r := range k.results {
			list = append(list, Argument{Role: OfLine, Type: r.goType()})
		}
	}
	for _, s := range k.scalars {
		list = append(list, Argument{Role: Scalar, Type: s.kind()})
	}
	return list
}

// Shape tells what the kernel loops over.
func (k *Kernel) Shape() Shape { return k.shape }
