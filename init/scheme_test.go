package initializer_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

func TestParseReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"zeros", "ones", "constant(0.5)", "normal(0,0.02)", "uniform(-0.5,0.25)", "truncated-normal(0,0.02,-0.04,0.04)",
		"xavier-uniform", "xavier-normal(for=tanh)", "kaiming-uniform(fan=out,slope=0.1)", "kaiming-normal(gain=3)",
		"lecun-uniform", "lecun-normal", "orthogonal(gain=1.5)", "pytorch-default",
		"kaiming-normal(fan=out,slope=0.1,truncate=2)", "xavier-normal(truncate=1.5)", "lecun-normal(truncate=2)",
		"sparse(0.8,1)", "identity", "identity(gain=0.5)", "delta-orthogonal(for=relu)", "hadamard", "gpt2(0.01)",
		"fixup(slope=0.2)", "zero-residual(fan=out)", "tfixup-encoder", "tfixup-decoder", "deepnet",
		"mup(128)", "mup(1,gain=2,zero=query,zero=head)",
		"kaiming-normal; *.bias=normal(0,0.01); head.*=zeros", "ones; h.[0-9].?=orthogonal(for=tanh)",
	} {
		s, err := initializer.Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, text, s.String())
	}
	for text, want := range map[string]string{
		" normal( 0.1 , 2 ) ":                     "normal(0.1,2)",
		"kaiming-normal(for=relu,fan=in)":         "kaiming-normal",
		"mup(zero=head,8,zero=query,zero=head)":   "mup(8,zero=query,zero=head)",
		" zeros ;a.* = ones;  *bias=normal( 1 ) ": "zeros; a.*=ones; *bias=normal(1,0.01)",
	} {
		assert.Equal(t, want, parse(t, text).String(), text)
	}
}

// TestEverySchemeByNameIsTheOneItsTextGives holds each name to what String and Parse make of it again: the same values and
// the same multipliers, wherever the weight stands.
func TestEverySchemeByNameIsTheOneItsTextGives(t *testing.T) {
	t.Parallel()
	names, _ := initializer.Names()
	require.Greater(t, len(names), 20)
	for _, name := range names {
		scheme := parse(t, name)
		again := parse(t, scheme.String())
		require.Equal(t, scheme.String(), again.String())
		for _, place := range []func(*initializer.Param){func(*initializer.Param) {}, inBranch, endsBranch, isHead, inWideNet, inEmbedding} {
			p, q := weight(), weight()
			place(p)
			place(q)
			require.Equal(t, valuesOf(scheme, p), valuesOf(again, q), name)
			require.Equal(t, p, q, name)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"kaiming-normal(slope=1,slope=2)": "slope is given twice",
		"":                                "use one of zeros",
		"he":                              "use one of zeros",
		"normal(0,1":                      "parenthesis",
		"normal(0,1,2)":                   "takes no argument",
		"normal(0,,1)":                    "empty argument",
		"normal(NaN)":                     "not a finite number",
		"normal(std=1)":                   "takes no argument",
		"kaiming-normal(fan=up)":          "in or out",
		"kaiming-normal(for=relu6)":       "leaky_relu",
		"kaiming-normal(mode=fan_in)":     "fan, for, slope, gain, truncate or zero",
		"xavier-normal(fan=out)":          "xavier-normal takes no fan: use for, slope, gain, truncate",
		"kaiming-normal(truncate=0)":      "must be 0.1 or more",
		"lecun-uniform(truncate=2)":       "takes no argument",
		"mup(64,zero=key)":                "head or query",
		"mup(64.5)":                       "whole number",
		"mup(1e300)":                      "whole number",
		"sparse(1.5)":                     "sparsity from 0 to 1",
		"head.*=zeros":                    "name the scheme of all other parameters first",
		"zeros;":                          "write it as PATTERN=SCHEME",
		"zeros; a=":                       "no initialization is called \"\"",
		"zeros; a=b":                      "no initialization is called \"b\"",
		"zeros; =ones":                    "pattern \"\" is empty",
		"zeros; [a=ones":                  "needs its ]",
		"zeros; a=ones(1)":                "takes no argument",
		"ones; kaiming-normal":            "is no rule",
		"orthogonal(gain=-1)":             "above 0",
		"truncated-normal(0,0,-1,1)":      "std > 0",
		"truncated-normal(0,1,1,-1)":      "lo < hi",
		"truncated-normal(0,0.02,0.5,1)":  "something of N(0, 0.02²) between them",
		"normal(0,-1)":                    "std of 0 or more",
		"uniform(1,0)":                    "lo <= hi",
		"zeros(1)":                        "takes no argument",
		"kaiming-normal(slope=banana)":    "not a finite number",
	} {
		_, err := initializer.Parse(text)
		assert.ErrorContains(t, err, part, "%q", text)
	}
}

func TestEverySchemeCanBeNamed(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	names, about := initializer.Names()
	have := map[string]bool{}
	for i, n := range names {
		have[strings.ReplaceAll(n, "-", "")] = true
		assert.NotEmpty(t, about[i], n)
	}
	found := 0
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Name.Name == "Override" || fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
				continue
			}
			if id, ok := fn.Type.Results.List[0].Type.(*ast.Ident); ok && id.Name == "Scheme" {
				found++
				assert.True(t, have[strings.ToLower(fn.Name.Name)], "scheme %s is not registered", fn.Name.Name)
			}
		}
	}
	assert.Equal(t, len(names), found)
}

func TestOtherKindsStartAsUsual(t *testing.T) {
	t.Parallel()
	s := initializer.KaimingNormal()
	for _, p := range []initializer.Param{
		{Kind: initializer.Bias, FanIn: 4}, {Kind: initializer.Scale}, {Kind: initializer.Buffer, Start: 2},
	} {
		dst := []float32{9, 9, 9}
		s.Fill(&p, rand.New(rand.NewPCG(1, 1)), dst)
		want := map[initializer.Kind]float32{initializer.Bias: 0, initializer.Scale: 1, initializer.Buffer: 2}[p.Kind]
		assert.Equal(t, []float32{want, want, want}, dst, p.Kind.String())
	}
}

func TestPyTorchDefaultDrawsBiasesByFanInAndEmbeddingsFromStandardNormal(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	bias := make([]float32, 10_000)
	initializer.PyTorchDefault().Fill(&initializer.Param{Kind: initializer.Bias, FanIn: 25}, r, bias)
	var largest, sum float64
	for _, v := range bias {
		largest = max(largest, float64(v), -float64(v))
	}
	assert.LessOrEqual(t, largest, 0.2)
	assert.Greater(t, largest, 0.199)
	table := make([]float32, 100_000)
	initializer.PyTorchDefault().Fill(&initializer.Param{Kind: initializer.Embedding}, r, table)
	for _, v := range table {
		sum += float64(v) * float64(v)
	}
	assert.InDelta(t, 1, sum/100_000, 0.025)
}

// PyTorch's xavier_uniform_ counts the fan_out of all three matrices: b = sqrt(6 / (c + 3c)).
func TestRulesStartAttentionAsPyTorchDoes(t *testing.T) {
	t.Parallel()
	const c = 32
	scheme := parse(t, "pytorch-default; *in_proj_weight=xavier-uniform(gain=0.70710678); *in_proj_bias=zeros; *out_proj.bias=zeros")
	s := nn.NewStore(1, scheme)
	nn.NewMultiheadAttention(s.At("attn"), c, 4)
	for name, bound := range map[string]float64{
		"attn.in_proj_weight": math.Sqrt(6.0 / (4 * c)), "attn.in_proj_bias": 0,
		"attn.out_proj.weight": 1 / math.Sqrt(c), "attn.out_proj.bias": 0,
	} {
		largest := 0.0
		for _, v := range s.Param(name).Data {
			largest = max(largest, math.Abs(float64(v)))
		}
		assert.LessOrEqual(t, largest, bound*(1+1e-6), name)
		assert.GreaterOrEqual(t, largest, 0.99*bound, name)
	}
}

func TestKindsReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	for _, k := range initializer.Kinds() {
		text, err := k.MarshalText()
		require.NoError(t, err)
		var again initializer.Kind
		require.NoError(t, again.UnmarshalText(text))
		assert.Equal(t, k, again)
	}
	var k initializer.Kind
	assert.ErrorContains(t, k.UnmarshalText([]byte("mask")), "weight, bias")
}

func TestSchemeThatNeedsAFanNamesTheParameterWithoutOne(t *testing.T) {
	t.Parallel()
	p := &initializer.Param{Name: "h.0.weight", Shape: []int{2, 2}}
	assert.PanicsWithError(t, "initializer: h.0.weight: the scheme needs fan_in, which its layer did not state", func() {
		initializer.KaimingNormal().Fill(p, rand.New(rand.NewPCG(1, 1)), make([]float32, 4))
	})
	assert.Panics(t, func() { initializer.KaimingNormal(initializer.For("banana")) })
	assert.Panics(t, func() {
		initializer.Orthogonal().Fill(&initializer.Param{Shape: []int{3}}, rand.New(rand.NewPCG(1, 1)), make([]float32, 3))
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"zeros", "normal(0,1)", "kaiming-uniform(fan=out,slope=0.1)", "x(", "truncated-normal(0,0,0,0)", "mup(64,zero=head,gain=2)",
		"kaiming-normal(truncate=2); *.bias=normal(0,0.01); h.[0-9].*=sparse(0.5,1)", "ones; a=; =b;", "zeros; [a=ones", "lecun-normal;\\=ones",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := initializer.Parse(text)
		if err != nil {
			return
		}
		again, err := initializer.Parse(s.String())
		require.NoError(t, err)
		require.Equal(t, s.String(), again.String())
		fill := func(s initializer.Scheme) (bits []uint32) {
			for _, v := range valuesOf(s, &initializer.Param{Name: "w", Shape: []int{4, 3}, FanIn: 3, FanOut: 4, Width: 3}) {
				bits = append(bits, math.Float32bits(v))
			}
			return bits
		}
		require.Equal(t, fill(s), fill(again))
	})
}
