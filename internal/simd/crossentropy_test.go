package simd_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

const ignored = -100

// labels are of all classes, some of them the top's, and some rows are ignored.
func labelsFor(r *rand.Rand, x []float32, n, c int) []int32 {
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(r.IntN(c))
		switch r.IntN(4) {
		case 0:
			labels[i] = ignored
		case 1:
			for j, v := range x[i*c : (i+1)*c] {
				if v > x[i*c+int(labels[i])] {
					labels[i] = int32(j)
				}
			}
		}
	}
	return labels
}

func TestCrossEntropyIsWithinItsError(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, c cube, r *rand.Rand) {
		if c.inner != 1 || c.n == 0 {
			return // classes are the last axis, and there is at least one
		}
		for _, smoothing := range []float64{0, 0.1, 1} {
			x, dy := normals(r, c.size(), 4, 1), normals(r, c.outer, 1, 0)
			labels := labelsFor(r, x, c.outer, c.n)
			want, wantTop, wantOthers := make([]float64, c.outer), make([]float64, c.outer), make([]float64, c.outer)
			loss, top, others := unread(c.outer), unread(c.outer), unread(c.outer)
			wide := widened(x)
			simd.CrossEntropy(want, wantTop, wantOthers, wide, labels, ignored, smoothing)
			simd.CrossEntropy(loss, top, others, x, labels, ignored, smoothing)
			second := belowSecond(wide, c, 3)
			requireWithin(t, want, loss, func(r int) float64 { return second(r * c.n) }, nil, "loss")

			dx, wantDx := unread(c.size()), make([]float64, c.size())
			simd.CrossEntropyBackward(dx, 0, dy, top, others, x, labels, ignored, smoothing)
			simd.CrossEntropyBackward(wantDx, 0, widened(dy), wantTop, wantOthers, wide, labels, ignored, smoothing)
			var size func(i int) float64
			if smoothing != 0 {
				size = func(i int) float64 { return math.Abs(float64(dy[i/c.n])) }
			}
			near := belowTop(wide, c, 4)
			requireWithin(t, wantDx, dx, func(i int) float64 { return max(near(i), second(i)) }, size, "gradient")
			requireAdds(t, dx, func(dx []float32) {
				simd.CrossEntropyBackward(dx, 1, dy, top, others, x, labels, ignored, smoothing)
			})
		}
	})
}

func TestCrossEntropyOfWhatIsNotFiniteIsAsInFloat64(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 2000 {
		n := 1 + r.IntN(40)
		x := specialLine(r, n)
		labels := []int32{int32(r.IntN(n))}
		want, wantDx := make([]float64, 3), make([]float64, n)
		simd.CrossEntropy(want[:1], want[1:2], want[2:], widened(x), labels, ignored, 0)
		simd.CrossEntropyBackward(wantDx, 0, []float64{1}, want[1:2], want[2:], widened(x), labels, ignored, 0)
		for _, level := range isa.Levels() {
			atLevel(t, level, func() {
				var s [3]float32
				dx := unread(n)
				simd.CrossEntropy(s[:1], s[1:2], s[2:], x, labels, ignored, 0)
				simd.CrossEntropyBackward(dx, 0, []float32{1}, s[1:2], s[2:], x, labels, ignored, 0)
				requireWithin(t, want[:1], s[:1], ulps(64), nil, "loss")
				requireWithin(t, wantDx, dx, ulps(64), nil, "gradient")
			})
		}
	}
}

// What stands in an ignored row, and what came to it, must not come back: not as NaN, and not through any label that
// looks like the one to ignore.
func TestIgnoredRowsGetNoGradient(t *testing.T) {
	for _, ignore := range []int{-100, -1, 2, 1 << 40} {
		labels := []int32{1, int32(ignore)}
		if ignore == 1<<40 {
			labels[1] = 0 // its low bits, which are not to be ignored
		}
		for _, level := range isa.Levels() {
			atLevel(t, level, func() {
				x := []float32{1, 2, 3, nan, inf, -inf}
				loss, top, others := unread(2), unread(2), unread(2)
				simd.CrossEntropy(loss, top, others, x, labels, ignore, 0)
				for _, beta := range []float32{0, 1} {
					dx := unread(6)
					if beta == 1 {
						copy(dx, []float32{5, 5, 5, 5, 5, 5})
					}
					simd.CrossEntropyBackward(dx, beta, []float32{1, nan}, top, others, x, labels, ignore, 0)
					require.NotEqual(t, 5*beta, dx[0])
					if ignore == 1<<40 {
						require.True(t, loss[1] != loss[1] && dx[3] != dx[3], "at %v", level)
						continue
					}
					require.Zero(t, loss[1])
					require.Equal(t, []float32{5 * beta, 5 * beta, 5 * beta}, dx[3:], "ignoring %d at %v", ignore, level)
				}
			})
		}
	}
}
