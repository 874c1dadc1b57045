package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
)

// requireUsageError runs f, which must panic with a UsageError for that reason.
func requireUsageError(t *testing.T, reason string, f func()) {
	t.Helper()
	var e *autograd.UsageError
	require.ErrorAs(t, autograd.Catch(f), &e)
	require.Equal(t, reason, e.Reason)
}

// normal returns a constant of standard normal values, the same ones for the same seed.
func normal(seed uint64, shape ...int) *nn.Tensor {
	r := rand.New(rand.NewPCG(seed, 1))
	n := 1
	for _, d := range shape {
		n *= d
	}
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(r.NormFloat64())
	}
	return autograd.From(data, shape...)
}

// labels returns n classes below c, the same ones for the same seed.
func labels(seed uint64, n, c int) nn.Labels {
	r := rand.New(rand.NewPCG(seed, 2))
	data := make([]int32, n)
	for i := range data {
		data[i] = r.Int32N(int32(c))
	}
	return autograd.LabelsOf(data)
}

func newStore() *nn.Store { return nn.NewStore(1, initializer.KaimingNormal()) }

// vector declares a weight of n numbers, which start at the given values.
func vector(s *nn.Store, name string, values ...float32) *nn.Param {
	p := s.Root().Param(initializer.Param{Name: name, Kind: initializer.Weight, Shape: []int{len(values)}, FanIn: 1, FanOut: 1})
	copy(p.Data, values)
	return p
}

// bits are the bits of every number that a store holds: what "the same" means when rounding must agree too.
func bits(s *nn.Store) (all []uint32) {
	for _, p := range s.Params() {
		all = append(all, bitsOf(p.Data)...)
	}
	return all
}

func bitsOf(values []float32) []uint32 {
	b := make([]uint32, len(values))
	for i, v := range values {
		b[i] = math.Float32bits(v)
	}
	return b
}
