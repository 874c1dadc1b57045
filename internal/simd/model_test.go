package simd

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd/kernels"
	"github.com/heft-ml/heft/internal/vector"
)

// TestAssemblyGivesTheBitsOfTheModel runs every kernel at every level this machine has, on every odd length and on
// values of all kinds. That all levels give the same bits follows.
func TestAssemblyGivesTheBitsOfTheModel(t *testing.T) {
	t.Parallel()
	lengths := []int{100, 129, 1000}
	for n := range 67 {
		lengths = append(lengths, n)
	}
	for _, forms := range kernels.All() {
		for _, k := range forms.Forms() {
			t.Run(k.Name(), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(7, 7))
				for _, n := range lengths {
					for _, special := range []bool{false, true} {
						checkModel(t, k, n, special, r)
					}
				}
			})
		}
	}
}

const guard = 17 // elements behind the last, which must stay

func checkModel(t *testing.T, k *vector.Kernel, n int, special bool, r *rand.Rand) {
	t.Helper()
	var args []any
	streams, words := k.Arguments()
	for _, kind := range streams {
		args = append(args, sample(kind, n+guard, special, r))
	}
	for _, word := range words {
		if word {
			args = append(args, r.Uint32())
		} else {
			args = append(args, float32(r.NormFloat64()))
		}
	}
	want := copyArguments(args)
	results := k.Model(n, want...)
	for _, level := range isa.Levels()[1:] {
		got := copyArguments(args)
		gotResults := calls[k.Name()](level, n, got)
		for i := range got {
			requireSameBits(t, want[i], got[i], "%s of %d at %v: argument %d of %v", k.Name(), n, level, i, args)
		}
		for i := range results {
			requireSameBits(t, results[i], gotResults[i], "%s of %d at %v: result %d of %v", k.Name(), n, level, i, args)
		}
	}
}

// sample draws a stream; special ones hold every kind of float32.
func sample(kind vector.Type, n int, special bool, r *rand.Rand) any {
	switch kind {
	case vector.Bool:
		b := make([]bool, n)
		for i := range b {
			b[i] = r.IntN(2) == 1
		}
		return b
	case vector.Float32:
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.NormFloat64() * 2)
			if special && r.IntN(3) == 0 {
				x[i] = specials[r.IntN(len(specials))]
			} else if special && r.IntN(2) == 0 {
				x[i] = math.Float32frombits(r.Uint32())
			}
		}
		return x
	}
	w := make([]uint16, n)
	for i := range w {
		w[i] = uint16(r.Uint32())
	}
	return w
}

var specials = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.5, -0.5, 1.5, 2.5, float32(math.NaN()),
	float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -math.MaxFloat32,
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 0x1p-126, -0x1p-126, 0x1p-130,
	88.7, 88.8, -87.3, -88, -103.9, -104.1, 1e-8, -1e-8, 16777216, 16777217, 1e30, -1e30,
}

func copyArguments(args []any) []any {
	out := slices.Clone(args)
	for i, a := range out {
		switch a := a.(type) {
		case []float32:
			out[i] = slices.Clone(a)
		case []uint16:
			out[i] = slices.Clone(a)
		case []bool:
			out[i] = slices.Clone(a)
		}
	}
	return out
}

// requireSameBits takes any NaN for any other: processors make different ones.
func requireSameBits(t *testing.T, want, got any, format string, args ...any) {
	t.Helper()
	switch want := want.(type) {
	case []float32:
		for i, g := range got.([]float32) {
			w := want[i]
			if math.Float32bits(w) != math.Float32bits(g) && !(w != w && g != g) {
				require.Failf(t, "not the model's bits", "element %d is %v (%08x), the model's %v (%08x): "+format,
					append([]any{i, g, math.Float32bits(g), w, math.Float32bits(w)}, args...)...)
			}
		}
	case float32:
		requireSameBits(t, []float32{want}, []float32{got.(float32)}, format, args...)
	case float64:
		if g := got.(float64); math.Float64bits(want) != math.Float64bits(g) && !(want != want && g != g) {
			require.Failf(t, "not the model's bits", "%v, the model's %v: "+format, append([]any{g, want}, args...)...)
		}
	default:
		require.Equal(t, want, got, append([]any{format}, args...)...)
	}
}
