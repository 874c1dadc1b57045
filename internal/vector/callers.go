package vector

import (
	"fmt"
	"strings"
)

// callers writes the Go functions that take slices: they check lengths, and cut long slices into pieces so that
// processors share the work and no call is long, since assembly cannot be preempted.
func callers(packageName string, kernels []*Kernel) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%spackage %s\n\nimport (\n\t\"unsafe\"\n\n\t%q\n\t%q\n)\n", notice, packageName,
		"github.com/heft-ml/heft/internal/isa", "github.com/heft-ml/heft/internal/parallel")
	b.WriteString(`
// Pieces of slices.
const (
	kernelGrain = 1 << 13 // elements below which no second processor is asked
	kernelPiece = 1 << 15 // elements of one call of assembly at most
)

// element points to an element that may be just beyond the end, where assembly does not look.
func element[T any](s []T, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(s)), uintptr(i)*unsafe.Sizeof(s[0])))
}
`)
	for _, k := range kernels {
		switch {
		case k.shape != Slice:
			k.matrix(&b)
		case len(k.results) > 0:
			k.reducing(&b)
		default:
			k.mapping(&b)
		}
	}
	return b.String()
}

// signature writes the head of the Go function up to the check of the level.
func (k *Kernel) signature(b *strings.Builder, results string) {
	var list []string
	for i, s := range k.streams {
		list = append(list, s.name+" "+s.kind.slice())
		if i == 0 && k.adding != nil {
			list = append(list, "beta float32")
		}
	}
	for _, s := range k.scalars {
		list = append(list, s.name+" "+s.kind())
	}
	fmt.Fprintf(b, "\n// %sKernel %s It tells whether there is a SIMD level that did.\n", k.name, k.doc)
	fmt.Fprintf(b, "func %sKernel(%s)%s {\n\tlevel := isa.Active()\n", k.name, strings.Join(list, ", "), results)
}

// lengths checks that no stream is shorter than the first.
func (k *Kernel) lengths(b *strings.Builder) {
	fmt.Fprintf(b, "\tn := len(%s)\n", k.streams[0].name)
	for _, s := range k.streams[1:] {
		fmt.Fprintf(b, "\t%s = %s[:n]\n", s.name, s.name)
	}
}

// call is a call of the assembly on the elements from a place on.
func (k *Kernel) call(from, count string) string {
	list := []string{"level"}
	for _, s := range k.streams {
		if from == "" {
			list = append(list, fmt.Sprintf("unsafe.SliceData(%s)", s.name))
		} else {
			list = append(list, fmt.Sprintf("&%s[%s]", s.name, from))
		}
	}
	list = append(list, count)
	for _, s := range k.scalars {
		name := s.name
		if name == first && from != "" {
			name = fmt.Sprintf("%s+uint32(%s)", name, from)
		}
		list = append(list, name)
	}
	return "Asm(" + strings.Join(list, ", ") + ")"
}

// mapping writes the function of a kernel without results.
func (k *Kernel) mapping(b *strings.Builder) {
	k.signature(b, " bool")
	b.WriteString("\tif level == isa.None {\n\t\treturn false\n\t}\n")
	k.lengths(b)
	choice := func(indent, call string) {
		if k.adding == nil {
			fmt.Fprintf(b, "%s%s%s\n", indent, k.name, call)
			return
		}
		fmt.Fprintf(b, "%sif beta == 0 {\n%s\t%s%s\n%s} else {\n%s\t%s%s\n%s}\n", indent, indent, k.name, call, indent, indent, k.adding.name, call, indent)
	}
	b.WriteString("\tif n < 2*kernelGrain {\n")
	choice("\t\t", k.call("", "n"))
	b.WriteString("\t\treturn true\n\t}\n\tparallel.For(n, kernelGrain, func(lo, hi int) {\n\t\tfor ; lo < hi; lo += kernelPiece {\n")
	choice("\t\t\t", k.call("lo", "min(kernelPiece, hi-lo)"))
	b.WriteString("\t\t}\n\t})\n\treturn true\n}\n")
}

// reducing writes the function of a kernel with results, whose pieces processors share and which are joined in order.
func (k *Kernel) reducing(b *strings.Builder) {
	k.signature(b, k.resultList("ok bool"))
	var zeros, names, parts, own []string
	for _, r := range k.results {
		zeros = append(zeros, "0")
		names = append(names, r.name)
		parts = append(parts, r.name+"Parts")
		own = append(own, r.name+"Parts[piece]")
	}
	results := strings.Join(names, ", ")
	fmt.Fprintf(b, "\tif level == isa.None {\n\t\treturn %s, false\n\t}\n", strings.Join(zeros, ", "))
	k.lengths(b)
	fmt.Fprintf(b, "\tif n <= kernelPiece {\n\t\t%s = %s%s\n\t\treturn %s, true\n\t}\n", results, k.name, k.call("", "n"), results)
	b.WriteString("\tpieces := (n + kernelPiece - 1) / kernelPiece\n")
	for i, r := range k.results {
		fmt.Fprintf(b, "\t%s := make([]%s, pieces)\n", parts[i], r.goType())
	}
	b.WriteString("\tparallel.Run(pieces, func(piece int) {\n\t\tlo := piece * kernelPiece\n")
	fmt.Fprintf(b, "\t\t%s = %s%s\n\t})\n", strings.Join(own, ", "), k.name, k.call("lo", "min(kernelPiece, n-lo)"))
	for i, r := range k.results {
		fmt.Fprintf(b, "\t%s = %s[0]\n\tfor _, part := range %s[1:] {\n", r.name, parts[i], parts[i])
		if r.kind == opLargest {
			fmt.Fprintf(b, "\t\tif !(%s > part) {\n\t\t\t%s = part\n\t\t}\n\t}\n", r.name, r.name)
		} else {
			fmt.Fprintf(b, "\t\t%s += part\n\t}\n", r.name)
		}
	}
	fmt.Fprintf(b, "\treturn %s, true\n}\n", results)
}
