package initializer_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
)

func TestParseReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"zeros", "ones", "constant(0.5)", "normal(0,0.02)", "uniform(-0.5,0.25)", "truncated-normal(0,0.02,-0.04,0.04)",
		"xavier-uniform", "xavier-normal(for=tanh)", "kaiming-uniform(fan=out,slope=0.1)", "kaiming-normal(gain=3)",
		"lecun-uniform", "lecun-normal", "orthogonal(gain=1.5)", "pytorch-default",
	} {
		s, err := initializer.Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, text, s.String())
	}
	s, err := initializer.Parse(" normal( 0.1 , 2 ) ")
	require.NoError(t, err)
	assert.Equal(t, "normal(0.1,2)", s.String())
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"":                             "use one of zeros",
		"he":                           "use one of zeros",
		"normal(0,1":                   "parenthesis",
		"normal(0,1,2)":                "takes no argument",
		"normal(0,,1)":                 "empty argument",
		"normal(NaN)":                  "not a finite number",
		"normal(std=1)":                "takes no argument",
		"kaiming-normal(fan=up)":       "in or out",
		"kaiming-normal(for=relu6)":    "leaky_relu",
		"kaiming-normal(mode=fan_in)":  "fan, for, slope or gain",
		"orthogonal(gain=-1)":          "above 0",
		"truncated-normal(0,0,-1,1)":   "std > 0",
		"truncated-normal(0,1,1,-1)":   "lo < hi",
		"normal(0,-1)":                 "std of 0 or more",
		"uniform(1,0)":                 "lo <= hi",
		"zeros(1)":                     "takes no argument",
		"kaiming-normal(slope=banana)": "not a finite number",
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
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
				continue
			}
			if id, ok := fn.Type.Results.List[0].Type.(*ast.Ident); ok && id.Name == "Scheme" {
				found++
				assert.True(t, have[strings.ToLower(fn.Name.Name)], "scheme %s has no row in parse.go", fn.Name.Name)
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
	for _, s := range []string{"zeros", "normal(0,1)", "kaiming-uniform(fan=out,slope=0.1)", "x(", "truncated-normal(0,0,0,0)"} {
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
	})
}
