package vector

import (
	"fmt"
	"strings"
)

// matrixSignature writes the head of the Go function of a kernel over matrices.
func (k *Kernel) matrixSignature(b *strings.Builder) {
	list := []string{"level isa.Level", "rows, n, stride int"}
	for i, s := range k.streams {
		list = append(list, s.name+" "+s.kind.slice())
		if i == 0 && k.adding != nil {
			list = append(list, "beta float32")
		}
	}
	for _, s := range k.perRow {
		list = append(list, s.name+" []"+s.kind())
	}
	for _, r := range k.results {
		list = append(list, r.name+" []"+r.goType())
	}
	for _, s := range k.scalars {
		list = append(list, s.name+" "+s.kind())
	}
	fmt.Fprintf(b, "\n// %sKernel %s The level is one that has vectors.\n", k.name, k.doc)
	fmt.Fprintf(b, "func %sKernel(%s) {\n", k.name, strings.Join(list, ", "))
}

// matrix writes the function of a kernel over matrices: it cuts them so that no call is long. A row that is cut has its
// results joined; those of columns go on from call to call.
func (k *Kernel) matrix(b *strings.Builder) {
	k.matrixSignature(b)
	k.matrixLengths(b)
	k.matrixCalls(b, "\t", "0", "0", "rows", "n", "if rows*n <= kernelPiece {", "\t\treturn\n\t}\n")
	b.WriteString("\tstep := max(1, kernelPiece/n)\n")
	b.WriteString("\tfor r := 0; r < rows; r += step {\n\t\tfor c := 0; c < n; c += kernelPiece {\n")
	b.WriteString("\t\t\theight, width := min(step, rows-r), min(kernelPiece, n-c)\n")
	if k.shape == Rows && len(k.results) > 0 {
		k.matrixCalls(b, "\t\t\t", "r", "c", "height", "width", "if c == 0 {", "\t\t\t\tcontinue\n\t\t\t}\n")
		k.joined(b)
	} else {
		k.matrixCalls(b, "\t\t\t", "r", "c", "height", "width", "", "")
	}
	b.WriteString("\t\t}\n\t}\n}\n")
}

// matrixLengths checks that the slices reach to the end.
func (k *Kernel) matrixLengths(b *strings.Builder) {
	b.WriteString("\tif rows == 0 {\n\t\treturn\n\t}\n")
	for _, s := range k.streams {
		if s.column {
			fmt.Fprintf(b, "\t_ = %s[:n]\n", s.name)
		} else {
			fmt.Fprintf(b, "\t_ = %s[:(rows-1)*stride+n]\n", s.name)
		}
	}
	for _, s := range k.perRow {
		fmt.Fprintf(b, "\t_ = %s[:rows]\n", s.name)
	}
	for _, r := range k.results {
		if k.shape == Columns {
			fmt.Fprintf(b, "\t_ = %s[:(n+%d)/%d*%d]\n", r.name, Lanes-1, Lanes, Lanes)
		} else {
			fmt.Fprintf(b, "\t_ = %s[:rows]\n", r.name)
		}
	}
}

// matrixCalls writes a call of the assembly, in the form that beta asks for, between a head and a tail.
func (k *Kernel) matrixCalls(b *strings.Builder, indent, row, column, rows, n, head, tail string) {
	if head != "" {
		fmt.Fprintf(b, "%s%s\n", indent, head)
		indent += "\t"
	}
	call := k.matrixCall(row, column, rows, n, nil)
	if k.adding == nil {
		fmt.Fprintf(b, "%s%s%s\n", indent, k.name, call)
	} else {
		fmt.Fprintf(b, "%sif beta == 0 {\n%s\t%s%s\n%s} else {\n%s\t%s%s\n%s}\n", indent, indent, k.name, call, indent, indent, k.adding.name, call, indent)
	}
	b.WriteString(tail)
}

// matrixCall is a call of the assembly from a row and a column on; results go to what they are given as.
func (k *Kernel) matrixCall(row, column, rows, n string, results []string) string {
	list := []string{"level"}
	for _, s := range k.streams {
		if s.column {
			list = append(list, fmt.Sprintf("element(%s, %s)", s.name, column))
		} else {
			list = append(list, fmt.Sprintf("element(%s, %s*stride+%s)", s.name, row, column))
		}
	}
	for _, s := range k.perRow {
		list = append(list, fmt.Sprintf("element(%s, %s)", s.name, row))
	}
	for i, r := range k.results {
		switch {
		case results != nil:
			list = append(list, results[i])
		case k.shape == Columns:
			list = append(list, fmt.Sprintf("element(%s, %s)", r.name, column))
		default:
			list = append(list, fmt.Sprintf("element(%s, %s)", r.name, row))
		}
	}
	list = append(list, rows, n, "stride")
	for _, s := range k.scalars {
		name := s.name
		if name == first && column != "0" {
			name = fmt.Sprintf("%s+uint32(%s)", name, column)
		}
		list = append(list, name)
	}
	return "Asm(" + strings.Join(list, ", ") + ")"
}

// joined writes a call for a further piece of a row, and joins its results to what the row has.
func (k *Kernel) joined(b *strings.Builder) {
	var parts []string
	for _, r := range k.results {
		fmt.Fprintf(b, "\t\t\tvar %sPart %s\n", r.name, r.goType())
		parts = append(parts, fmt.Sprintf("&%sPart", r.name))
	}
	fmt.Fprintf(b, "\t\t\t%s%s\n", k.name, k.matrixCall("r", "c", "height", "width", parts))
	for _, r := range k.results {
		if r.kind == opLargest {
			fmt.Fprintf(b, "\t\t\tif !(%s[r] > %sPart) {\n\t\t\t\t%s[r] = %sPart\n\t\t\t}\n", r.name, r.name, r.name, r.name)
		} else {
			fmt.Fprintf(b, "\t\t\t%s[r] += %sPart\n", r.name, r.name)
		}
	}
}
