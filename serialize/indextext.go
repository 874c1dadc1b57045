package serialize

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/heft-ml/heft/dtype"
)

// indexWriter gathers what an index says.
type indexWriter struct {
	tensors []indexLine
	total   int64 // bytes of all tensors
}

// indexLine says which file has a tensor.
type indexLine struct{ tensor, file string }

// add takes in a file and its tensors.
func (x *indexWriter) add(file string, tensors []dtype.Info) {
	for _, t := range tensors {
		x.tensors = append(x.tensors, indexLine{t.Name, file})
		x.total += t.Bytes
	}
}

// text returns the index as Python's json.dumps(index, indent=2, sort_keys=True) writes it, and a newline.
func (x *indexWriter) text() []byte {
	slices.SortFunc(x.tensors, func(a, b indexLine) int { return strings.Compare(a.tensor, b.tensor) })
	b := []byte("{\n  \"metadata\": {\n    \"total_size\": ")
	b = strconv.AppendInt(b, x.total, 10)
	b = append(b, "\n  },\n  \"weight_map\": {"...)
	for i, line := range x.tensors {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    "...)
		b = appendASCII(b, line.tensor)
		b = append(b, ": "...)
		b = appendASCII(b, line.file)
	}
	return append(b, "\n  }\n}\n"...)
}

// appendASCII appends text as a JSON string in which everything but ASCII is escaped.
func appendASCII(b []byte, text string) []byte {
	var quoted strings.Builder
	e := json.NewEncoder(&quoted)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a text, to memory
	for _, r := range strings.TrimSuffix(quoted.String(), "\n") {
		switch {
		case r < 0x7f:
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
