package inspect

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// hostile are texts that must not reach a terminal as they are.
var hostile = []string{
	"\x1b[2Jcleared", "bell\a", "line\nbreak", "\r", "tab\there", "\x00", "\x7f", "c1\u009b31m", "bidi\u202egnp", "\ufeffbom",
	"hidden\u200bspace", "sep\u2028", "private\ue000", "tag\U000e0041", `back\slash "quoted"`, "", " ",
	strings.Repeat("\u1100", 100), // one character, 200 columns wide
}

func TestTextAndJSONNeverCommandATerminal(t *testing.T) {
	t.Parallel()
	metadata := map[string]string{}
	var tensors []dtype.Tensor
	for _, s := range hostile {
		metadata[s] = s
		tensors = append(tensors, f32(t, s, 1))
	}
	recipe, err := json.Marshal(metadata)
	require.NoError(t, err)
	r := inspected(t, save(t, metadata, tensors...), told(nil, string(recipe))...)
	r.File = hostile[0]
	for _, ascii := range []bool{false, true} {
		requireHarmless(t, textOf(t, r, Layout{Width: 80, ASCII: ascii}))
	}
	var b strings.Builder
	require.NoError(t, r.WriteJSON(&b))
	requireHarmless(t, b.String())
	var back Report
	require.NoError(t, json.Unmarshal([]byte(b.String()), &back))
	assert.Equal(t, metadata, back.Metadata)
	for i, tensor := range r.Tensors {
		assert.Equal(t, tensor.Name, back.Tensors[i].Name)
	}
}

func requireHarmless(t testing.TB, text string) {
	t.Helper()
	require.True(t, utf8.ValidString(text))
	for _, line := range strings.Split(text, "\n") {
		for _, c := range line {
			require.False(t, c < ' ' || 0x7f <= c && c < 0xa0, "control character %q in %q", c, line)
			require.False(t, slices.Contains([]rune("\u200b\u202e\u2028\ufeff\ue000\U000e0041"), c), "%q in %q", c, line)
		}
	}
}

func TestTextOfALongNameTakesLittle(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, map[string]string{"k": strings.Repeat("\x01", 1<<20)}, f32(t, strings.Repeat("層", 1<<18)+".tail", 1)))
	text := textOf(t, r, Layout{Width: 80})
	assert.Less(t, len(text), 4000)
	assert.Contains(t, text, ".tail")
}

func FuzzTextIsHarmless(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[len(hostile)-1-i], `{"a":{"b":1},"c":[1,2],"d":"\u001b"}`, 40+10*i, i%2 == 0)
	}
	f.Add("x", "y", `{"a":`, 80, false)
	f.Add("x", "y", `[1]`, 80, false)
	f.Add("x", "y", `{"`+hostile[len(hostile)-1]+`":{"b":"`+hostile[len(hostile)-1]+`"}}`, 80, false)
	f.Fuzz(func(t *testing.T, name, value, recipe string, width int, ascii bool) {
		r := &Report{
			File: name, Tensors: []Tensor{{Name: name, Kind: "weight", DType: value, Shape: []int{len(name), 2}, Stats: &Stats{NaN: 1}}},
			Metadata: map[string]string{value: value, name: value}, Recipe: json.RawMessage(recipe),
		}
		width %= 1000
		text := textOf(t, r, Layout{Width: width, ASCII: ascii})
		requireHarmless(t, text)
		for i, line := range strings.Split(text, "\n") {
			if i > 0 && width >= 40 && uniseg.StringWidth(line) > width {
				t.Fatalf("%d columns, %d allowed: %q", uniseg.StringWidth(line), width, line)
			}
			for _, c := range line {
				if ascii && c >= utf8.RuneSelf {
					t.Fatalf("%q in ASCII text", c)
				}
			}
		}
	})
}
