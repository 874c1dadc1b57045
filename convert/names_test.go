package convert

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

const rules = `
- from: ^transformer\.
  to: ""
- from: ^h\.(\d+)\.
  to: blk.$1.
- from: masked_bias$
  drop: true
`

func TestRulesApplyInTheirOrder(t *testing.T) {
	t.Parallel()
	n, err := ParseNames([]byte(rules))
	require.NoError(t, err)
	in := source(t, nil, tensor(t, "transformer.h.11.w", dtype.F32, []int{1}, 1), tensor(t, "h.0.w", dtype.F32, []int{1}, 2),
		tensor(t, "transformer.h.0.masked_bias", dtype.F32, []int{1}, 3), tensor(t, "other", dtype.F32, []int{1}, 4))
	f, r := converted(t, in, Options{Format: serialize.GGUF, Names: n})
	values := map[string][]byte{}
	for _, info := range f.Tensors() {
		got, err := f.Read(info.Name)
		require.NoError(t, err)
		values[info.Name] = got.Data
	}
	assert.Equal(t, map[string][]byte{"blk.11.w": {0, 0, 128, 63}, "blk.0.w": {0, 0, 0, 64}, "other": {0, 0, 128, 64}}, values)
	assert.Equal(t, 3, r.Tensors)

	none, err := ParseNames(nil)
	require.NoError(t, err)
	name, keep := none.of("h.0.masked_bias", nil)
	assert.Equal(t, "h.0.masked_bias", name)
	assert.True(t, keep)
}

func TestRulesThatMakeOneNameOfTwoAreRefused(t *testing.T) {
	t.Parallel()
	n, err := ParseNames([]byte("[{from: '\\d', to: ''}]"))
	require.NoError(t, err)
	_, err = n.rename([]dtype.Info{{Name: "w1"}, {Name: "w2"}})
	assert.ErrorContains(t, err, `"w1" and "w2" would both be called "w"`)
}

func TestRulesDoNotLetNamesGrowWithoutEnd(t *testing.T) {
	t.Parallel()
	n, err := ParseNames([]byte(strings.Repeat("- {from: .+, to: $0$0}\n", 100)))
	require.NoError(t, err)
	_, err = n.rename([]dtype.Info{{Name: "w1"}})
	assert.ErrorContains(t, err, `"w1" would have a name of 131072 bytes`)
}

func TestRulesThatCannotBeReadAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: b":                             "YAML list",
		"- from: (":                        "rule 1 for names: error parsing regexp",
		"- {from: a, to: b}\n- {to: b}":    "rule 2 for names: from is empty",
		"- {from: a}":                      "say one of to and drop",
		"- {from: a, to: b, drop: true}":   "say one of to and drop",
		"- {from: a, to: b, colour: blue}": "colour",
		"- {from: a, to: " + strings.Repeat("$0", 129) + "}": "rule 1 for names: to has 258 bytes, but must have 256 at most",
		"- [": "YAML list",
	} {
		_, err := ParseNames([]byte(text))
		require.ErrorContains(t, err, want, text)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestReplacementsNameParenthesesThatAreThere(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		`$1_attn`:   "to has $1_attn, which stands for parentheses called 1_attn: write ${1}_attn",
		`blk.\1.`:   `to has \1, which would be part of the name: write ${1}`,
		`blk\.x`:    "to has a backslash, which would be part of the name",
		`$3`:        "to has $3, but parentheses in from: 2",
		`${3}`:      "to has ${3}, but parentheses in from: 2",
		`$01`:       "to has $01, but parentheses in from: 2",
		`$block.w`:  "to has $block, but no parentheses in from are called block: (?P<block>...) are",
		`a$.b`:      "write $$ for a dollar sign",
		`${1`:       "write $$ for a dollar sign",
		`$3_attn`:   "to has $3_attn, but no parentheses",
		`$$1 $9999`: "to has $9999",
	} {
		_, err := ParseNames([]byte("- {from: '^h\\.(\\d+)(?P<rest>.*)', to: '" + to + "'}"))
		require.ErrorContains(t, err, "rule 1 for names: ", to)
		assert.ErrorContains(t, err, want, to)
	}
	for to, want := range map[string]string{
		`${1}_attn`: "0_attn", `$1.x`: "0.x", `$0`: "h.0.w", `$rest`: ".w", `${rest}s`: ".ws", `$2`: ".w", `$$1`: "$1", ``: "",
	} {
		n, err := ParseNames([]byte("- {from: '^h\\.(\\d+)(?P<rest>.*)', to: '" + to + "'}"))
		require.NoError(t, err, to)
		name, _ := n.of("h.0.w", func(int) {})
		assert.Equal(t, want, name)
	}
}

func FuzzParseNames(f *testing.F) {
	f.Add([]byte(rules))
	f.Add([]byte("- {from: ., to: $0$0}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, err := ParseNames(text); err == nil {
			n.of("transformer.h.0.attn.weight", func(int) {})
		}
	})
}
