package nn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

// layerCase is one layer in a scope: how it is made, run, and what comes of it.
type layerCase struct {
	name   string
	make   func(s *nn.Scope) nn.Module
	params []string // their names, after the scope's
	x      []int    // shape of the input; labels for an embedding
	y      []int
}

// layerCases has at least one row for every exported layer: a test says so.
func layerCases() []layerCase {
	affine := []string{"weight", "bias"}
	cases := []layerCase{
		{"linear", func(s *nn.Scope) nn.Module { return nn.NewLinear(s, 3, 5) }, affine, []int{4, 3}, []int{4, 5}},
		{"linear of more axes", func(s *nn.Scope) nn.Module { return nn.NewLinear(s, 3, 5) }, affine, []int{2, 4, 3}, []int{2, 4, 5}},
		{"linear without bias", func(s *nn.Scope) nn.Module { return nn.NewLinear(s, 3, 5, nn.NoBias()) }, []string{"weight"}, []int{4, 3}, []int{4, 5}},
		{"layer norm", func(s *nn.Scope) nn.Module { return nn.NewLayerNorm(s, 3) }, affine, []int{2, 4, 3}, []int{2, 4, 3}},
		{"rms norm", func(s *nn.Scope) nn.Module { return nn.NewRMSNorm(s, 3, 0) }, []string{"weight"}, []int{2, 4, 3}, []int{2, 4, 3}},
		{"batch norm", func(s *nn.Scope) nn.Module { return nn.NewBatchNorm1d(s, 3) }, []string{"weight", "bias", "running_mean", "running_var"}, []int{4, 3}, []int{4, 3}},
		{"dropout", func(s *nn.Scope) nn.Module { return nn.NewDropout(s, 0.5) }, nil, []int{4, 3}, []int{4, 3}},
		{"dropout of nothing", func(s *nn.Scope) nn.Module { return nn.NewDropout(s, 0) }, nil, []int{4, 3}, []int{4, 3}},
		{"embedding", func(s *nn.Scope) nn.Module { return nn.NewEmbedding(s, 5, 3) }, []string{"weight"}, []int{2, 4}, []int{2, 4, 3}},
		{"sequential", func(s *nn.Scope) nn.Module {
			return nn.NewSequential(s, nn.NewLinear(s.At(0), 3, 5), nn.NewReLU(s.At(1)))
		}, []string{"0.weight", "0.bias"}, []int{4, 3}, []int{4, 5}},
		{"sequential of nothing", func(s *nn.Scope) nn.Module { return nn.NewSequential(s) }, nil, []int{4, 3}, []int{4, 3}},
		{"mlp", func(s *nn.Scope) nn.Module { return nn.NewMLP(s, 3, 7, 5) }, []string{"0.weight", "0.bias", "2.weight", "2.bias"}, []int{4, 3}, []int{4, 5}},
	}
	for _, name := range nn.ActivationNames() {
		cases = append(cases, layerCase{name, func(s *nn.Scope) nn.Module { return nn.NewActivation(s, name) }, nil, []int{4, 3}, []int{4, 3}})
	}
	return slices.Concat(cases, imageLayerCases(), blockLayerCases(), attentionLayerCases(), recurrentLayerCases())
}

// run sends an input of the case's shape through the layer.
func (c layerCase) run(p *nn.Pass, m nn.Module) *nn.Tensor {
	if e, ok := m.(*nn.Embedding); ok {
		ids := labels(1, c.x[0]*c.x[1], 5)
		return e.Forward(p, autograd.LabelsOf(ids.Data, c.x...))
	}
	return m.(nn.Layer).Forward(p, p.Input(normal(1, c.x...)))
}

// lastTap remembers what was tapped last.
type lastTap struct {
	m nn.Module
	y *nn.Tensor
}

func (l *lastTap) Up(m nn.Module, y *nn.Tensor) { l.m, l.y = m, y }
func (l *lastTap) Down(nn.Module, []float32)    {}

func TestEveryLayerDeclaresItsNamesAndReturnsThroughTap(t *testing.T) {
	t.Parallel()
	for _, c := range layerCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStore()
			m := c.make(s.At("block", 2))
			assert.Equal(t, "block.2", m.Path())
			var want []string
			for _, name := range c.params {
				want = append(want, "block.2."+name)
			}
			assert.Equal(t, want, names(s))
			for _, mode := range []nn.Mode{nn.Training, nn.Inference} {
				p := nn.NewPass(s, mode)
				seen := &lastTap{}
				p.Probe = seen
				y := c.run(p, m)
				assert.Equal(t, c.y, y.Shape())
				assert.Same(t, m, seen.m, "the last tap is the layer's own")
				assert.Same(t, y, seen.y, "what it returns")
			}
		})
	}
}

func TestEveryExportedLayerIsInTheTable(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, c := range layerCases() {
		tested[reflect.TypeOf(c.make(newStore().At("m"))).Elem().Name()] = true
	}
	layers := exportedLayers(t)
	require.Contains(t, layers, "Linear", "the walk finds layers")
	for _, name := range layers {
		assert.True(t, tested[name], "%s has a Forward method: give it a row in layerCases", name)
	}
}

// exportedLayers walks the package's source for types with a Forward method.
func exportedLayers(t *testing.T) (names []string) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Forward" {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if id, ok := receiver.(*ast.Ident); ok && id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

func TestWrongShapesPanicNamingTheParameter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, param string
		mode        nn.Mode
		make        func(s *nn.Scope) nn.Layer
	}{
		{"linear", "fc.weight", nn.Training, func(s *nn.Scope) nn.Layer { return nn.NewLinear(s, 3, 5) }},
		{"layer norm", "fc.weight", nn.Training, func(s *nn.Scope) nn.Layer { return nn.NewLayerNorm(s, 3) }},
		{"rms norm", "fc.weight", nn.Training, func(s *nn.Scope) nn.Layer { return nn.NewRMSNorm(s, 3, 0) }},
		{"batch norm", "fc.weight", nn.Training, func(s *nn.Scope) nn.Layer { return nn.NewBatchNorm1d(s, 3) }},
		{"group norm", "fc.weight", nn.Training, func(s *nn.Scope) nn.Layer { return nn.NewGroupNorm(s, 1, 3) }},
		{"batch norm in inference", "fc.weight", nn.Inference, func(s *nn.Scope) nn.Layer { return nn.NewBatchNorm1d(s, 3) }},
		{"mlp", "fc.0.weight", nn.Training, func(s *nn.Scope) nn.Layer { return nn.NewMLP(s, 3, 4, 5) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStore()
			l := c.make(s.At("fc"))
			p := nn.NewPass(s, c.mode)
			var e *autograd.ShapeError
			require.ErrorAs(t, autograd.Catch(func() { l.Forward(p, p.Input(normal(1, 4, 7))) }), &e)
			require.Contains(t, e.Operands, autograd.Operand{Name: c.param, Shape: s.Param(c.param).Shape})
			require.Contains(t, e.Operands, autograd.Operand{Shape: []int{4, 7}})
		})
	}
	s := newStore()
	e := nn.NewEmbedding(s.At("wte"), 5, 3)
	p := nn.NewPass(s, nn.Training)
	var outside *autograd.UsageError
	require.ErrorAs(t, autograd.Catch(func() { e.Forward(p, autograd.LabelsOf([]int32{0, 5})) }), &outside)
	require.Contains(t, outside.Reason, "5 at position [1]")
}

func TestLayersRefuseSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	at := func() *nn.Scope { return newStore().At("m") }
	mlp := func(c nn.MLPConfig) func() { return func() { nn.NewMLPOf(at(), c) } }
	requireUsageError(t, "widths are [], but an input and an output are needed", func() { nn.NewMLP(at()) })
	requireUsageError(t, "widths are [3], but an input and an output are needed", func() { nn.NewMLP(at(), 3) })
	requireUsageError(t, "widths are [3 0 2], but each must be 1 or more", func() { nn.NewMLP(at(), 3, 0, 2) })
	requireUsageError(t, "widths are [3 4 -2], but each must be 1 or more", func() { nn.NewMLP(at(), 3, 4, -2) })
	requireUsageError(t, `"m.2": the probability is -0.1, but must be in [0, 1]`, mlp(nn.MLPConfig{Widths: []int{1, 1, 1}, Dropout: -0.1}))
	requireUsageError(t, `"m": the probability is 1.5, but must be in [0, 1]`, func() { nn.NewDropout(at(), 1.5) })
	requireUsageError(t, nn.CheckActivation("rellu").Error(), mlp(nn.MLPConfig{Widths: []int{1, 1, 1}, Activation: "rellu"}))
	requireUsageError(t, nn.CheckActivation("").Error(), func() { nn.NewActivation(at(), "") })
}

func TestCheckActivationListsTheKnownNames(t *testing.T) {
	t.Parallel()
	for _, name := range nn.ActivationNames() {
		assert.NoError(t, nn.CheckActivation(name))
		assert.Equal(t, name, nn.NewActivation(newStore().Root(), name).String())
	}
	require.EqualError(t, nn.CheckActivation("re\nlu"), `no activation is called "re\nlu" (did you mean relu?): use one of relu, leaky_relu, elu, gelu, gelu_tanh, silu, sigmoid, tanh, softplus, identity`)
}

func TestAnMLPIsNamedAsPyTorchsSequential(t *testing.T) {
	t.Parallel()
	s := newStore()
	m := nn.NewMLPOf(s.At("net"), nn.MLPConfig{Widths: []int{3, 5, 4, 2}, Activation: "tanh", Dropout: 0.1})
	var paths []string
	for _, l := range m.Layers {
		paths = append(paths, l.Path())
	}
	require.Equal(t, []string{"net.0", "net.1", "net.2", "net.3", "net.4", "net.5", "net.6"}, paths)
	require.Equal(t, []string{"net.0.weight", "net.0.bias", "net.3.weight", "net.3.bias", "net.6.weight", "net.6.bias"}, names(s))
	require.Equal(t, []int{4, 5}, s.Param("net.3.weight").Shape)
	require.Equal(t, "tanh", m.Layers[1].(*nn.Activation).String())
	require.Equal(t, 0.1, m.Layers[2].(*nn.Dropout).P)
}

func TestDropoutScalesWhatItKeeps(t *testing.T) {
	t.Parallel()
	s := newStore()
	layer := nn.NewDropout(s.At("drop"), 0.25)
	const n = 20000
	zeros := 0
	for _, v := range kept(nn.NewPass(s, nn.Training), layer, n) {
		if v == 0 {
			zeros++
		} else {
			require.Equal(t, float32(1/0.75), v)
		}
	}
	require.InDelta(t, 0.25, float64(zeros)/n, 0.015, "five standard deviations")
	for _, v := range kept(nn.NewPass(s, nn.Inference), layer, n) {
		require.Equal(t, float32(1), v)
	}
	layer.P = 1
	require.Equal(t, make([]float32, n), kept(nn.NewPass(s, nn.Training), layer, n))
}

func TestAccuracyCountsTheLargestOutputs(t *testing.T) {
	t.Parallel()
	s := newStore()
	same := nn.NewActivation(s.Root(), "identity")
	const n = 600 // more than one batch of an evaluation, and not a multiple of it
	x, y := normal(1, n, 3), labels(1, n, 3)
	right := 0
	for i, class := range x.ArgMax(-1).Data {
		if class == y.Data[i] {
			right++
		}
	}
	require.Equal(t, float64(right)/n, nn.Accuracy(s, same, x, y))
	require.Zero(t, nn.Accuracy(s, same, normal(1, 0, 3), labels(1, 0, 3)))
	requireUsageError(t, "599 labels for samples [600 3]", func() { nn.Accuracy(s, same, x, labels(1, n-1, 3)) })
}
