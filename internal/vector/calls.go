package vector

import (
	"fmt"
	"strings"
)

// calls writes a table by which a test calls the assembly of every kernel with the arguments that [Kernel.Model] takes.
func calls(packageName string, kernels []*Kernel) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n\nimport (\n\t\"unsafe\"\n\n\t%q\n)\n", notice, packageName, "github.com/heft-ml/heft/internal/isa")
	b.WriteString("\n// calls has the assembly of every kernel, for the arguments of its model.\n")
	b.WriteString("var calls = map[string]func(level isa.Level, n int, args []any) []any{\n")
	for _, k := range kernels {
		list := []string{"level"}
		for i, s := range k.streams {
			list = append(list, fmt.Sprintf("unsafe.SliceData(args[%d].(%s))", i, s.kind.slice()))
		}
		list = append(list, "n")
		for i, s := range k.scalars {
			list = append(list, fmt.Sprintf("args[%d].(%s)", len(k.streams)+i, s.kind()))
		}
		call := fmt.Sprintf("%sAsm(%s)", k.name, strings.Join(list, ", "))
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
	b.WriteString("}\n")
	return b.String()
}

// Arguments tells what the kernel takes: the types of its streams, and of its scalars which are uint32.
func (k *Kernel) Arguments() (streams []Type, words []bool) {
	for _, s := range k.streams {
		streams = append(streams, s.kind)
	}
	for _, s := range k.scalars {
		words = append(words, s.word)
	}
	return streams, words
}
