package inspect

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
)

func textOf(t testing.TB, r *Report, l Layout) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, l))
	return b.String()
}

// told reads kinds and a recipe as a program could have left them.
func told(kinds map[string]initializer.Kind, recipe string) []Option {
	return []Option{
		KindsFrom(func(map[string]string) map[string]initializer.Kind { return kinds }),
		RecipeFrom(func(map[string]string) (json.RawMessage, bool, error) { return json.RawMessage(recipe), true, nil }),
	}
}

func network(t testing.TB) *Report {
	t.Helper()
	tensors := []dtype.Tensor{
		f32Of(t, "0.bias", []float32{0, 0, 0, 0}, 4),
		f32Of(t, "0.weight", []float32{-1, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 0, 0, 0.1, 0.1}, 4, 3),
		f32Of(t, "2.weight", []float32{0x1p-16, 0x1.8p-16, 0x1.8p-16, 0x1p-15}, 1, 4),
	}
	metadata := map[string]string{"format": "pt", "note": strings.Repeat("long ", 40)}
	kinds := map[string]initializer.Kind{"0.bias": initializer.Bias, "0.weight": initializer.Weight, "2.weight": initializer.Weight}
	recipe := `{"config":{"data":"digits","lr":0.003,"seed":1},"steps":1350,"simd":"avx2"}`
	r := inspected(t, save(t, metadata, tensors...), told(kinds, recipe)...)
	r.File = "runs/digits-1/model.safetensors"
	return r
}

func TestTextShowsEverythingSideBySide(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `runs/digits-1/model.safetensors: safetensors, 520 B, 3 tensors, 20 parameters, F32

tensor    kind    dtype  shape   parameters  size       min        1%       50%       99%       max      mean       std  zeros  outlier  spectral  histogram
0.bias    bias    F32    [4]              4  16 B         0         0         0         0         0         0         0   100%        -         -          █
0.weight  weight  F32    [4, 3]          12  48 B        -1        -1         0         1         1    0.0792     0.511    25%     1.33      1.66  ▁   ▁ ▁ █ ▁ ▁ ▁▁
2.weight  weight  F32    [1, 4]           4  16 B  1.53e-05  1.53e-05  2.29e-05  3.05e-05  3.05e-05  2.29e-05  5.39e-06     0%        1   4.7e-05  ▄       █      ▄

kind    tensors  parameters  size
weight        2          16  64 B
bias          1           4  16 B

dtype  tensors  parameters  size
F32          3          20  80 B

memory
  fp32  80 B
  fp16  40 B
  int8  20 B  22 B with scales (Q8_0)
  int4  10 B  12 B with scales (Q4_0)

metadata
  format  pt
  note    long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long…

recipe
  config  data=digits  lr=0.003  seed=1
  steps   1350
  simd    avx2
`, textOf(t, network(t), Layout{Width: 180}))
}

func TestTextInEightyColumnsHasTwoTables(t *testing.T) {
	t.Parallel()
	text := textOf(t, network(t), Layout{Width: 80})
	assert.Contains(t, text, `
tensor    kind    dtype  shape   parameters  size
0.bias    bias    F32    [4]              4  16 B
0.weight  weight  F32    [4, 3]          12  48 B
2.weight  weight  F32    [1, 4]           4  16 B

tensor         min       max       std  zeros  spectral  histogram
0.bias           0         0         0   100%         -          █
0.weight        -1         1     0.511    25%      1.66  ▁   ▁ ▁ █ ▁ ▁ ▁▁
2.weight  1.53e-05  3.05e-05  5.39e-06     0%   4.7e-05  ▄       █      ▄

kind `)
}

func TestTextInASCIIHasNoOtherCharacter(t *testing.T) {
	t.Parallel()
	text := textOf(t, network(t), Layout{Width: 160, ASCII: true})
	assert.Contains(t, text, ".   . . @ . . ..")
	assert.Contains(t, text, "long lo...\n")
	for _, c := range text {
		require.Less(t, c, rune(utf8.RuneSelf))
	}
}

func TestTextKeepsToItsWidth(t *testing.T) {
	t.Parallel()
	deep := f32(t, "transformer.h.11.attention.self.c_proj.weight", 2, 3)
	wide := f32(t, strings.Repeat("層", 40)+".bias", 2)
	holes := f32Of(t, "x", []float32{float32(math.NaN()), float32(math.Inf(1)), 1}, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3)
	r := inspected(t, save(t, map[string]string{strings.Repeat("key", 30): strings.Repeat("ü", 300)}, deep, wide, holes))
	for _, ascii := range []bool{false, true} {
		for width := 40; width <= 200; width++ {
			text := textOf(t, r, Layout{Width: width, ASCII: ascii})
			for i, line := range strings.Split(text, "\n") {
				if i > 0 { // the first is one line, whatever its width
					require.LessOrEqual(t, uniseg.StringWidth(line), width, "width %d:\n%s", width, text)
				}
			}
			require.Contains(t, text, "j.weight", "the end of a name tells most")
			require.Contains(t, text, "  nan  inf", "what is wrong stays")
		}
	}
	for width := range 40 {
		assert.NotEmpty(t, textOf(t, r, Layout{Width: width}), "no width is too small")
	}
}

// Every histogram begins in the same column, whatever the bytes and the width of the characters before it.
func TestTextAlignsColumnsBehindWideCharacters(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, nil, f32(t, "a", 16), f32(t, "層.wéight", 16), f32(t, "e\u0301", 16), f32(t, "👍🏽.x", 16)))
	starts := map[int]bool{}
	for _, line := range strings.Split(textOf(t, r, Layout{Width: 160}), "\n") {
		if at := strings.Index(line, "█"); at >= 0 {
			starts[uniseg.StringWidth(line[:at])] = true
		}
	}
	assert.Len(t, starts, 1)
}

func TestTextShowsNonFiniteCountsOnlyWhenThereAreSome(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	text := textOf(t, inspected(t, save(t, nil, f32(t, "x", 2))), Layout{Width: 160})
	assert.Equal(t, []string{"min", "1%", "50%", "99%", "max", "mean", "std", "zeros", "outlier", "spectral", "histogram"}, strings.Fields(strings.Split(text, "\n")[2])[6:])

	text = textOf(t, inspected(t, save(t, nil, f32(t, "fine", 2), f32Of(t, "broken", []float32{nan, inf, -inf, 1, nan, nan}, 6))), Layout{Width: 160})
	lines := strings.Split(text, "\n")
	assert.Equal(t, []string{"min", "1%", "50%", "99%", "max", "mean", "std", "zeros", "outlier", "spectral", "nan", "inf", "histogram"}, strings.Fields(lines[2])[6:])
	assert.Equal(t, []string{"1", "1", "1", "1", "1", "1", "0", "0%", "-", "-", "3", "2", "█"}, strings.Fields(lines[3])[7:])
	assert.Equal(t, []string{"0", "0"}, strings.Fields(lines[4])[17:19])

	text = textOf(t, inspected(t, save(t, nil, f32Of(t, "broken", []float32{nan, nan}, 2))), Layout{Width: 160})
	assert.Contains(t, text, "-      -        -         -    2\n", "no value is a number: nothing to draw")
}

func TestTextOfDTypesWithoutStatsHasDashes(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, nil, f32(t, "x", 2), dtype.Tensor{Name: "z", DType: dtype.C64, Shape: []int{1}, Data: make([]byte, 8)}))
	lines := strings.Split(textOf(t, r, Layout{Width: 160}), "\n")
	assert.Equal(t, []string{"z", "weight?", "C64", "[1]", "1", "8", "B", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"}, strings.Fields(lines[3]))
}

func TestTextMarksInferredKinds(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, nil, f32(t, "fc.weight", 2, 2), f32(t, "fc.bias", 2)),
		told(map[string]initializer.Kind{"fc.weight": initializer.Weight}, "{}")...)
	text := textOf(t, r, Layout{Width: 160})
	assert.Contains(t, text, "fc.bias    bias?  ")
	assert.Contains(t, text, "fc.weight  weight  ")
	assert.Contains(t, text, "? kind inferred")
	assert.NotContains(t, textOf(t, network(t), Layout{Width: 160}), "?")
}

func TestTextWithoutStatsHasOneTable(t *testing.T) {
	t.Parallel()
	text := textOf(t, header(t, save(t, nil, f32(t, "x", 2))), Layout{Width: 80})
	assert.Contains(t, text, "tensor  kind     dtype  shape  tensors  parameters  size\nx       weight?  F32    [2]          1           2   8 B\n?")
	assert.NotContains(t, text, "histogram")
}

func TestTextOfScalarsAndOfTensorsWithoutValues(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, nil, f32(t, "scalar"), f32(t, "none", 3, 0)))
	lines := strings.Split(textOf(t, r, Layout{Width: 160}), "\n")
	assert.Equal(t, []string{"none", "weight?", "F32", "[3,", "0]", "0", "0", "B", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"}, strings.Fields(lines[3]))
	assert.Equal(t, []string{"scalar", "weight?", "F32", "[]", "1", "4", "B", "1", "1", "1", "1", "1", "1", "0", "0%", "-", "-", "█"}, strings.Fields(lines[4]))
}

func TestTextOfAFileWithoutTensorsIsShort(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, nil))
	r.File = "none"
	assert.Equal(t, "none: safetensors, 16 B, 0 tensors, 0 parameters\n", textOf(t, r, Layout{Width: 80}))
}

func TestTextSaysWhyARecipeCannotBeRead(t *testing.T) {
	t.Parallel()
	broken := func(map[string]string) (int, bool, error) { return 0, true, errors.New("unexpected\x1b[31m end") }
	r := inspected(t, save(t, nil, f32(t, "x", 1)), RecipeFrom(broken))
	assert.Contains(t, textOf(t, r, Layout{Width: 80}), "\nrecipe\n  problem  unexpected\\x1b[31m end\n")
}

func TestTextShowsRecipesOfAnyForm(t *testing.T) {
	t.Parallel()
	path := save(t, nil, f32(t, "x", 1))
	for recipe, want := range map[string]string{
		`{"a":null,"b":[1,2],"c":{},"d":{"e":"f g","h":null}}`: "\nrecipe\n  a  null\n  b  [1,2]\n  c  {}\n  d  e=f g  h=null\n",
		`[1]`: "int4  1 B  3 B with scales (Q4_0)\n",
		`{}`:  "int4  1 B  3 B with scales (Q4_0)\n",
	} {
		text := textOf(t, inspected(t, path, told(nil, recipe)...), Layout{Width: 80})
		assert.True(t, strings.HasSuffix(text, want), text)
	}
}

func TestTextWrapsLongRecipes(t *testing.T) {
	t.Parallel()
	recipe := `{"config":{"first":"aaaaaaaaaa","second":"bbbbbbbbbb","third":"` + strings.Repeat("c", 50) + `"},"next":1}`
	text := textOf(t, inspected(t, save(t, nil, f32(t, "x", 1)), told(nil, recipe)...), Layout{Width: 44})
	assert.Contains(t, text, `
  config  first=aaaaaaaaaa
          second=bbbbbbbbbb
          third=cccccccccccccccccccccccccccc
          cccccccccccccccccccccc
  next    1
`)
}

func TestShortNumbersAreShort(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 1: "1", -12345: "-12345", 1e6: "1e+06", 0.5: "0.5", 1.0 / 3: "0.333",
		-1.2345e-10: "-1.23e-10", math.MaxFloat64: "1.8e+308", 1000.4: "1e+03", math.NaN(): "-",
	} {
		assert.Equal(t, want, short(Number(v)))
	}
}

func TestBarsGiveEveryFilledBinAHeight(t *testing.T) {
	t.Parallel()
	counts := [Bins]int{0, 1, 1 << 40, 1 << 39, 1<<40 - 1}
	assert.Equal(t, " ▁█▄▇           ", writing{}.bars(counts))
	assert.Equal(t, " .@=#           ", writing{ascii: true}.bars(counts))
	assert.Empty(t, writing{}.bars([Bins]int{}))
}

func TestNamesAreCutInTheMiddleAndOnATerminalAlone(t *testing.T) {
	t.Parallel()
	w := writing{}
	assert.Equal(t, "model.layers.11….c_proj.weight", w.cutName("model.layers.11.self_attn.c_proj.weight", 30))
	assert.Equal(t, "h.1….weight", w.cutName("h.1.attention.weight", 11))
	assert.Equal(t, "…el.layers.11….weight", w.cutName("model.language_model.layers.11.attention.c_proj.weight", 21))
	assert.Equal(t, "…model.layers.11.bias", w.cutName("model.language_model.layers.11.bias", 21))
	assert.Equal(t, "h_1_a…eight", w.cutName("h_1_attention_weight", 11))
	assert.Equal(t, "h.1.weight", w.cutName("h.1.weight", 10))

	name := "h.1." + strings.Repeat("attention.", 40) + "weight"
	r := inspected(t, save(t, nil, f32(t, name, 2)))
	assert.Contains(t, textOf(t, r, Layout{Width: 80, Whole: true}), "\n"+name+" ")
	assert.NotContains(t, textOf(t, r, Layout{Width: 80}), name)
	assert.Contains(t, textOf(t, r, Layout{Width: 80}), "\nh.1…attention.")
}

func TestCutKeepsBothEnds(t *testing.T) {
	t.Parallel()
	w := writing{}
	assert.Equal(t, "short", w.cut("short", 5, 3))
	assert.Equal(t, "ab…hij", w.cut("abcdefghij", 6, 3))
	assert.Equal(t, "abcde…", w.cut("abcdefghij", 6, 0))
	assert.Equal(t, "層…j", w.cut("層層層層hij", 5, 1), "half a wide character does not fit")
	assert.Equal(t, "…", w.cut("abc", 0, 9))
	assert.Equal(t, "ab...j", writing{ascii: true}.cut("abcdefghij", 6, 1))
}
