package optim_test

import (
	"fmt"
	"math"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// muonStep returns how a parameter of zeros moves in one step of Muon at rate 1 with a normal gradient.
func muonStep(shape []int, opts ...optim.Option) []float32 {
	s := nn.NewStore(1, initializer.Zeros())
	w := s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: shape})
	p := nn.NewPass(s, nn.Training)
	optim.NewMuon(s, 1, opts...).Step(p.BackwardFrom(p.Of(w), noise(3, len(w.Data))))
	return w.Data
}

func TestMuonsStepsAreNearlyOrthogonal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape         []int
		rows, columns int
	}{
		{[]int{1, 1}, 1, 1}, {[]int{1, 9}, 1, 9}, {[]int{9, 1}, 9, 1}, {[]int{7, 33}, 7, 33}, {[]int{33, 7}, 33, 7}, {[]int{6, 3, 3, 3}, 6, 27},
	} {
		for name, reach := range map[string]float64{
			"adamw's": 0.2 * math.Sqrt(float64(max(c.rows, c.columns))), "original": math.Sqrt(max(1, float64(c.rows)/float64(c.columns))),
		} {
			var opts []optim.Option
			if name == "original" {
				opts = append(opts, optim.OriginalScale())
			}
			step := mat.NewDense(c.rows, c.columns, nil)
			for i, v := range muonStep(c.shape, opts...) {
				step.Set(i/c.columns, i%c.columns, float64(v)/reach)
			}
			var svd mat.SVD
			require.True(t, svd.Factorize(step, mat.SVDNone))
			for _, v := range svd.Values(nil) {
				assert.True(t, v > 0.65 && v < 1.25, "%v, %s scale: singular value %v", c.shape, name, v)
			}
		}
	}
}

func TestMuonStepsByAboutOneHoweverSmallTheGradient(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	w := s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{4, 6}})
	p := nn.NewPass(s, nn.Training)
	g := make([]float32, 24)
	g[7] = -1e-3 // row 1, column 1: the only direction
	optim.NewMuon(s, 1, optim.OriginalScale()).Step(p.BackwardFrom(p.Of(w), g))
	for i, v := range w.Data {
		if i == 7 {
			assert.InDelta(t, 1, v, 0.35)
		} else {
			assert.Zero(t, v, "value %d", i)
		}
	}
}

func TestMuonLeavesEmbeddingsVectorsAndExceptionsToAdamW(t *testing.T) {
	t.Parallel()
	declare := func() *nn.Store {
		s := nn.NewStore(1, initializer.Ones())
		s.Root().Param(initializer.Param{Name: "table", Kind: initializer.Embedding, Shape: []int{4, 2}})
		s.Root().Param(initializer.Param{Name: "head", Kind: initializer.Weight, Shape: []int{4, 2}})
		s.Root().Param(initializer.Param{Name: "vector", Kind: initializer.Weight, Shape: []int{4}})
		return s
	}
	a, b := declare(), declare()
	muon := optim.NewMuon(a, 0.01, optim.Group(optim.Names(regexp.MustCompile("^head$")), optim.ByAdamW()))
	adamw := optim.NewAdamW(b, 0.01, optim.WeightDecay(0.1))
	for step := range 5 {
		for _, r := range []struct {
			s   *nn.Store
			opt optim.Optimizer
		}{{a, muon}, {b, adamw}} {
			p := nn.NewPass(r.s, nn.Training)
			var g nn.Grads
			for _, name := range []string{"table", "head", "vector"} {
				w := r.s.Param(name)
				g.Add(p.BackwardFrom(p.Of(w), noise(uint64(step), len(w.Data))))
			}
			r.opt.Step(g)
		}
	}
	for _, name := range []string{"table", "head", "vector"} {
		assert.Equal(t, b.Param(name).Data, a.Param(name).Data, name)
	}
	require.Len(t, muon.State().Tensors, 6)
}

func TestMuonTakesEmptyAndVanishingGradients(t *testing.T) {
	t.Parallel()
	assert.Empty(t, muonStep([]int{0, 3}))
	assert.Empty(t, muonStep([]int{3, 0}))
	s := nn.NewStore(1, initializer.Ones())
	w := s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Weight, Shape: []int{2, 2}})
	opt := optim.NewMuon(s, 0.1, optim.WeightDecay(0))
	p := nn.NewPass(s, nn.Training)
	for _, g := range []float32{0, 1e-38, math.SmallestNonzeroFloat32} {
		p.Reset()
		opt.Step(p.BackwardFrom(p.Of(w), []float32{g, 0, 0, g}))
		for _, v := range w.Data {
			assert.InDelta(t, 1, v, 1e-6, fmt.Sprint(g))
		}
	}
}
