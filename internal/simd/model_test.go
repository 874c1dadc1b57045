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
						if k.Shape() == vector.Slice {
							checkModel(t, k, n, special, r)
						} else {
							checkMatrixModel(t, k, r.IntN(6), n, n+r.IntN(5), special, r)
						}
					}
				}
			})
		}
	}
}

const guard = 17 // elements behind the last, which must stay

func checkModel(t *testing.T, k *vector.Kernel, n int, special bool, r *rand.Rand) {
	t.Helper()
	args := samples(k, map[vector.Role]int{vector.Element: n + guard}, special, r)
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

func checkMatrixModel(t *testing.T, k *vector.Kernel, rows, n, stride int, special bool, r *rand.Rand) {
	t.Helper()
	// The results of columns have room for whole blocks; what is in the room does not count.
	lines, room := rows+guard, guard
	if k.Shape() == vector.Columns {
		room = (n+vector.Lanes-1)/vector.Lanes*vector.Lanes - n
		lines = n + room + guard
	}
	args := samples(k, map[vector.Role]int{
		vector.Element: rows*stride + guard, vector.OfColumn: n + guard, vector.OfRow: rows + guard, vector.OfLine: lines,
	}, special, r)
	want := copyArguments(args)
	k.MatrixModel(rows, n, stride, want...)
	for _, level := range isa.Levels()[1:] {
		got := copyArguments(args)
		matrixCalls[k.Name()](level, rows, n, stride, got)
		for i, a := range k.Arguments() {
			if a.Role == vector.OfLine && k.Shape() == vector.Columns {
				forget(want[i], n, room)
				forget(got[i], n, room)
			}
			requireSameBits(t, want[i], got[i], "%s of %dx%d, stride %d, at %v: argument %d of %v", k.Name(), rows, n, stride, level, i, args)
		}
	}
}

// forget clears what is behind the results of n columns.
func forget(results any, n, room int) {
	switch s := results.(type) {
	case []float64:
		clear(s[n : n+room])
	case []float32:
		clear(s[n : n+room])
	}
}

// samples draws what a kernel takes, in the lengths that the roles have.
func samples(k *vector.Kernel, lengths map[vector.Role]int, special bool, r *rand.Rand) []any {
	var args []any
	for _, a := range k.Arguments() {
		switch {
		case a.Role != vector.Scalar:
			args = append(args, sample(a.Type, lengths[a.Role], special, r))
		case a.Type == "uint32":
			args = append(args, r.Uint32())
		default:
			args = append(args, float32(r.NormFloat64()))
		}
	}
	return args
}

// sample draws a slice; special ones hold every kind of float32. Integers of 32 bits are small, as labels are.
func sample(kind string, n int, special bool, r *rand.Rand) any {
	switch kind {
	case "bool":
		return filled(n, func() bool { return r.IntN(2) == 1 })
	case "uint16":
		return filled(n, func() uint16 { return uint16(r.Uint32()) })
	case "uint32":
		return filled(n, func() uint32 { return r.Uint32N(20) })
	case "float64":
		return filled(n, r.NormFloat64)
	}
	return filled(n, func() float32 {
		switch {
		case special && r.IntN(3) == 0:
			return specials[r.IntN(len(specials))]
		case special && r.IntN(2) == 0:
			return math.Float32frombits(r.Uint32())
		}
		return float32(r.NormFloat64() * 2)
	})
}

func filled[T any](n int, draw func() T) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = draw()
	}
	return s
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
		case []uint32:
			out[i] = slices.Clone(a)
		case []float64:
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
	case []float64:
		for i, g := range got.([]float64) {
			w := want[i]
			if math.Float64bits(w) != math.Float64bits(g) && !(w != w && g != g) {
				require.Failf(t, "not the model's bits", "element %d is %v, the model's %v: "+format, append([]any{i, g, w}, args...)...)
			}
		}
	case float32:
		requireSameBits(t, []float32{want}, []float32{got.(float32)}, format, args...)
	case float64:
		requireSameBits(t, []float64{want}, []float64{got.(float64)}, format, args...)
	default:
		require.Equal(t, want, got, append([]any{format}, args...)...)
	}
}
