package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

func names(s *nn.Store) (names []string) {
	for _, p := range s.Params() {
		names = append(names, p.Name)
	}
	return names
}

func TestParametersAreNamedAndOrderedAsDeclared(t *testing.T) {
	t.Parallel()
	s := newStore()
	fc := nn.NewLinear(s.At("fc1"), 3, 2)
	block := s.At("h", 0)
	nn.NewLayerNorm(block.At("ln"), 2)
	nn.NewBatchNorm1d(block.At("bn"), 2)
	nn.NewEmbedding(s.Root().At("wte"), 5, 2)
	head := nn.NewLinear(s.Root(), 2, 4, nn.NoBias())
	require.Equal(t, []string{
		"fc1.weight", "fc1.bias", "h.0.ln.weight", "h.0.ln.bias",
		"h.0.bn.weight", "h.0.bn.bias", "h.0.bn.running_mean", "h.0.bn.running_var", "wte.weight", "weight",
	}, names(s))
	assert.Equal(t, "fc1", fc.Path())
	assert.Equal(t, "h.0", block.Named().Path())
	assert.Empty(t, head.Path())
	for _, p := range s.Params() {
		assert.Same(t, p, s.Param(p.Name))
	}
	assert.Nil(t, s.Param("fc1"))
	assert.Same(t, s, block.Store())
}

func TestATakenNamePanicsAndLeavesTheStore(t *testing.T) {
	t.Parallel()
	s := newStore()
	nn.NewLinear(s.At("fc"), 3, 2)
	requireUsageError(t, `two parameters are named "fc.weight": give each layer a scope of its own, as s.At("fc1")`, func() { nn.NewLinear(s.At("fc"), 3, 2) })
	requireUsageError(t, `two parameters are named "fc.bias": give each layer a scope of its own, as s.At("fc1")`, func() { s.Root().Bias("fc.bias", 7) })
	require.Equal(t, []string{"fc.weight", "fc.bias"}, names(s))
	s.Root().Bias("\x1b[2J", 1)
	requireUsageError(t, `two parameters are named "\x1b[2J": give each layer a scope of its own, as s.At("fc1")`, func() { s.Root().Bias("\x1b[2J", 1) })
}

func TestADescriptionThatCannotBePanics(t *testing.T) {
	t.Parallel()
	s := newStore()
	requireUsageError(t, "a parameter needs a name", func() { s.Root().Bias("", 1) })
	requireUsageError(t, `parameter "b" has shape [2 -1]: no axis can be negative`, func() { s.Root().Buffer("b", 0, 2, -1) })
	var unstated *initializer.UsageError
	require.ErrorAs(t, autograd.Catch(func() {
		s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{2, 2}})
	}), &unstated)
	require.Equal(t, "w", unstated.Param)
	require.Empty(t, s.Params())
}

func TestParametersAreDescribedAsDeclared(t *testing.T) {
	t.Parallel()
	s := newStore()
	root := s.Root()
	branch := s.At("branch").Residual(12)
	for _, c := range []struct {
		param *nn.Param
		want  initializer.Param
	}{
		{root.Weight("w", 2, 3), initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{2, 3}, FanIn: 3, FanOut: 2}},
		{root.Bias("b", 2), initializer.Param{Name: "b", Kind: initializer.Bias, Shape: []int{2}}},
		{root.Bias("b3", 2, 3), initializer.Param{Name: "b3", Kind: initializer.Bias, Shape: []int{2}, FanIn: 3}},
		{root.Scale("g", 4), initializer.Param{Name: "g", Kind: initializer.Scale, Shape: []int{4}}},
		{root.Embedding("e", 5, 2), initializer.Param{Name: "e", Kind: initializer.Embedding, Shape: []int{5, 2}, FanIn: 2, FanOut: 5}},
		{root.Buffer("m", 0.5, 2, 2), initializer.Param{Name: "m", Kind: initializer.Buffer, Shape: []int{2, 2}, Start: 0.5}},
		{root.Buffer("scalar", 3), initializer.Param{Name: "scalar", Kind: initializer.Buffer, Start: 3}},
		{branch.Weight("w", 2, 3), initializer.Param{Name: "branch.w", Kind: initializer.Weight, Shape: []int{2, 3}, FanIn: 3, FanOut: 2, Residual: true, Depth: 12}},
		{branch.At("deep").Weight("w", 1, 1), initializer.Param{Name: "branch.deep.w", Kind: initializer.Weight, Shape: []int{1, 1}, FanIn: 1, FanOut: 1, Residual: true, Depth: 12}},
		{branch.Bias("b", 2), initializer.Param{Name: "branch.b", Kind: initializer.Bias, Shape: []int{2}}},
	} {
		c.want.Multiplier, c.want.LRMultiplier = 1, 1
		assert.Equal(t, c.want, c.param.Param)
		n := 1
		for _, d := range c.want.Shape {
			n *= d
		}
		assert.Len(t, c.param.Data, n, c.want.Name)
	}
	assert.Equal(t, []float32{0.5, 0.5, 0.5, 0.5}, s.Param("m").Data)
	assert.Equal(t, []float32{1, 1, 1, 1}, s.Param("g").Data)
}

func TestAShapeBelongsToTheStore(t *testing.T) {
	t.Parallel()
	shape := []int{2, 3}
	p := newStore().Root().Buffer("b", 0, shape...)
	shape[0] = 100
	require.Equal(t, []int{2, 3}, p.Shape)
}

func TestScopesFurtherDownLeaveTheirOriginAlone(t *testing.T) {
	t.Parallel()
	s := newStore()
	a := s.At("a")
	a.At("b").Residual(3)
	a.Residual(5)
	w := a.Weight("w", 1, 1)
	require.Equal(t, "a.w", w.Name)
	require.False(t, w.Residual)
}

func TestOnlyTrainableParametersMove(t *testing.T) {
	t.Parallel()
	s := newStore()
	w, m := s.Root().Weight("w", 1, 1), s.Root().Buffer("m", 0, 1)
	assert.True(t, w.Trainable())
	assert.False(t, m.Trainable())
	w.Frozen = true
	assert.False(t, w.Trainable())
}

func TestTheSameSeedGivesTheSameStart(t *testing.T) {
	t.Parallel()
	start := func(seed uint64) []uint32 {
		s := nn.NewStore(seed, initializer.PyTorchDefault())
		nn.NewMLP(s.Root(), 5, 7, 3)
		return bits(s)
	}
	assert.Equal(t, start(1), start(1))
	assert.NotEqual(t, start(1), start(2))
}

func TestAnotherLayerChangesNoLayersStart(t *testing.T) {
	t.Parallel()
	for _, scheme := range []initializer.Scheme{initializer.KaimingNormal(), initializer.Orthogonal(), initializer.PyTorchDefault()} {
		alone, among := nn.NewStore(1, scheme), nn.NewStore(1, scheme)
		want := nn.NewLinear(alone.At("fc"), 5, 4)
		nn.NewLinear(among.At("before"), 9, 9)
		got := nn.NewLinear(among.At("fc"), 5, 4)
		nn.NewLinear(among.At("after"), 9, 9)
		assert.Equal(t, bitsOf(want.Weight.Data), bitsOf(got.Weight.Data), "%s", scheme)
		assert.Equal(t, bitsOf(want.Bias.Data), bitsOf(got.Bias.Data), "%s", scheme)
	}
}

func TestParametersOfOneShapeStartApart(t *testing.T) {
	t.Parallel()
	s := newStore()
	require.NotEqual(t, s.Root().Weight("a", 3, 3).Data, s.Root().Weight("b", 3, 3).Data)
}

func TestAStoreKnowsWhatItWasMadeWith(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(7, initializer.LeCunNormal())
	require.Equal(t, uint64(7), s.Seed())
	require.Equal(t, "lecun-normal", s.Scheme().String())
	require.Zero(t, s.Step())
	s.Commit(nn.Grads{})
	require.Equal(t, 1, s.Step())
}
