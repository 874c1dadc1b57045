package serialize

import (
	"fmt"
	"strings"
	"testing"

	"github.com/heft-ml/heft/internal/cost"
)

// TestIndexesCostLittle is not parallel, so that it measures its own memory and time. encoding/json needs more time for names of two letters than a header may
// take; those of models are thirty times as long.
func TestIndexesCostLittle(t *testing.T) {
	const size = 1 << 20
	most := cost.Bound{Bytes: cost.Header.Bytes, Time: 5 * cost.Header.Time}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	var tensors, fields strings.Builder
	for i := 0; tensors.Len() < size; i++ {
		fmt.Fprintf(&tensors, `"%d":"a",`, i)
		fmt.Fprintf(&fields, `"%d":[],`, i)
	}
	for name, text := range map[string]string{
		"tensors":      `{"weight_map":{` + tensors.String() + `"":"a"}}`,
		"one tensor":   `{"weight_map":{` + fill(`"":"a",`) + `"":"a"}}`,
		"fields":       `{` + fields.String() + `"weight_map":{}}`,
		"nested lists": `{"q":` + fill("[") + fill("]") + `}`,
		"a long name":  `{"weight_map":{"` + fill("a") + `":"a"}}`,
		"a long file":  `{"weight_map":{"a":"` + fill("a") + `"}}`,
		"escapes":      `{"weight_map":{"` + fill(`\u00e9`) + `":"a"}}`,
		"white space":  `{"weight_map":{` + fill(" ") + `}}`,
		"digits":       `{"metadata":{"total_size":` + fill("1") + `},"weight_map":{}}`,
	} {
		cost.Check(t, name, most, func() { _, _ = parseIndex([]byte(text)) })
	}
}
