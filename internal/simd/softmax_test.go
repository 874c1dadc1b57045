package simd_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

// topTwo returns the largest and the second largest x of every line.
func topTwo(x []float64, c cube) (tops, seconds []float64) {
	tops, seconds = filledWith(c.lines(), math.Inf(-1)), filledWith(c.lines(), math.Inf(-1))
	for i, v := range x {
		k := c.lineOf(i)
		tops[k], seconds[k] = max(tops[k], v), max(seconds[k], min(tops[k], v))
	}
	return tops, seconds
}

// belowTop returns the ulp that rounding the distance from the largest of its line costs an element, and some more.
func belowTop(x []float64, c cube, ulps float64) func(i int) float64 {
	tops, _ := topTwo(x, c)
	return func(i int) float64 { return ulps + tops[c.lineOf(i)] - x[i] }
}

// belowSecond is how far the second largest of an element's line is from the largest, and some more.
func belowSecond(x []float64, c cube, ulps float64) func(i int) float64 {
	tops, seconds := topTwo(x, c)
	return func(i int) float64 { return ulps + tops[c.lineOf(i)] - seconds[c.lineOf(i)] }
}

func TestSoftmaxIsWithinItsError(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, c cube, r *rand.Rand) {
		x, dy := normals(r, c.size(), 4, 1), normals(r, c.size(), 1, 0)
		wide := widened(x)
		want, y := make([]float64, c.size()), unread(c.size())
		simd.Softmax(want, wide, c.outer, c.n, c.inner)
		simd.Softmax(y, x, c.outer, c.n, c.inner)
		requireWithin(t, want, y, belowTop(wide, c, 3), nil, "softmax")
		dx, wantDx := unread(c.size()), make([]float64, c.size())
		simd.SoftmaxBackward(dx, 0, dy, y, c.outer, c.n, c.inner)
		simd.SoftmaxBackward(wantDx, 0, widened(dy), widened(y), c.outer, c.n, c.inner)
		tops, _ := topTwo(absolute(dy), c)
		size := func(i int) float64 { return float64(y[i]) * tops[c.lineOf(i)] }
		requireWithin(t, wantDx, dx, ulps(3), size, "gradient")
		requireAdds(t, dx, func(dx []float32) { simd.SoftmaxBackward(dx, 1, dy, y, c.outer, c.n, c.inner) })
	})
}

func absolute(x []float32) []float64 {
	a := widened(x)
	for i, v := range a {
		a[i] = math.Abs(v)
	}
	return a
}

// requireAdds checks that a gradient with beta 1 adds what it is with beta 0.
func requireAdds(t *testing.T, dx []float32, add func(dx []float32)) {
	t.Helper()
	sum := make([]float32, len(dx))
	for i := range sum {
		sum[i] = dx[i] * 3
	}
	add(sum)
	for i, v := range dx {
		if want := 4 * float64(v); math.Abs(want-float64(sum[i])) > math.Abs(want)*0x1p-22+0x1p-147 {
			require.Fail(t, "not added", "element %d is %v, not %v", i, sum[i], want)
		}
	}
}

func TestLogSoftmaxIsWithinItsError(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, c cube, r *rand.Rand) {
		x, dy := normals(r, c.size(), 4, 1), normals(r, c.size(), 1, 0)
		want, y := make([]float64, c.size()), unread(c.size())
		simd.LogSoftmax(want, widened(x), c.outer, c.n, c.inner)
		simd.LogSoftmax(y, x, c.outer, c.n, c.inner)
		requireWithin(t, want, y, belowSecond(widened(x), c, 2), nil, "log softmax")

		dx, wantDx := unread(c.size()), make([]float64, c.size())
		simd.LogSoftmaxBackward(dx, 0, dy, y, c.outer, c.n, c.inner)
		simd.LogSoftmaxBackward(wantDx, 0, widened(dy), widened(y), c.outer, c.n, c.inner)
		size := func(i int) float64 { return max(math.Abs(float64(dy[i])), math.Abs(float64(dy[i])-wantDx[i])) }
		requireWithin(t, wantDx, dx, ulps(3), size, "gradient")
		requireAdds(t, dx, func(dx []float32) { simd.LogSoftmaxBackward(dx, 1, dy, y, c.outer, c.n, c.inner) })
	})
}

func TestLogSumExpIsWithinItsError(t *testing.T) {
	atEveryLevel(t, func(t *testing.T, c cube, r *rand.Rand) {
		x, dy := normals(r, c.size(), 4, 1), normals(r, c.lines(), 1, 0)
		want, wantTop, wantOthers := make([]float64, c.lines()), make([]float64, c.lines()), make([]float64, c.lines())
		y, top, others := unread(c.lines()), unread(c.lines()), unread(c.lines())
		simd.LogSumExp(want, wantTop, wantOthers, widened(x), c.outer, c.n, c.inner)
		simd.LogSumExp(y, top, others, x, c.outer, c.n, c.inner)
		size := func(i int) float64 { return max(math.Abs(wantTop[i]), math.Log1p(wantOthers[i])) }
		requireWithin(t, wantTop, top, ulps(0), nil, "top")
		if c.n > 0 {
			requireWithin(t, want, y, ulps(2), size, "log sum exp")
		}
		dx, wantDx := unread(c.size()), make([]float64, c.size())
		simd.LogSumExpBackward(dx, 0, dy, top, others, x, c.outer, c.n, c.inner)
		simd.LogSumExpBackward(wantDx, 0, widened(dy), wantTop, wantOthers, widened(x), c.outer, c.n, c.inner)
		requireWithin(t, wantDx, dx, belowTop(widened(x), c, 3), nil, "gradient")
		requireAdds(t, dx, func(dx []float32) { simd.LogSumExpBackward(dx, 1, dy, top, others, x, c.outer, c.n, c.inner) })
	})
}

// special lines have what is not finite, in a place of every lane, or logits that are far apart.
func specialLine(r *rand.Rand, n int) []float32 {
	x := normals(r, n, 2, 0)
	for range r.IntN(3) {
		x[r.IntN(n)] = []float32{inf, -inf, nan, 3e38, -3e38, 1e4, -1e4}[r.IntN(7)]
	}
	if r.IntN(8) == 0 {
		for i := range x {
			x[i] = -inf
		}
	}
	return x
}

func TestSoftmaxOfWhatIsNotFiniteIsAsInFloat64(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		n := 1 + r.IntN(40)
		x := specialLine(r, n)
		wide := widened(x)
		want, wantLog, one := make([]float64, n), make([]float64, n), make([]float64, 3)
		simd.Softmax(want, wide, 1, n, 1)
		simd.LogSoftmax(wantLog, wide, 1, n, 1)
		simd.LogSumExp(one[:1], one[1:2], one[2:], wide, 1, n, 1)
		wantDx := make([]float64, n)
		simd.LogSumExpBackward(wantDx, 0, []float64{2}, one[1:2], one[2:], wide, 1, n, 1)
		for _, level := range isa.Levels() {
			atLevel(t, level, func() {
				y := unread(n)
				simd.Softmax(y, x, 1, n, 1)
				near := belowTop(wide, cube{1, n, 1}, 3)
				few := func(i int) float64 { return min(64, near(i)) }
				requireWithin(t, want, y, few, nil, "softmax")
				simd.LogSoftmax(y, x, 1, n, 1)
				second := belowSecond(wide, cube{1, n, 1}, 2)
				requireWithin(t, wantLog, y, func(i int) float64 { return min(64, second(i)) }, nil, "log softmax")
				var s [3]float32
				simd.LogSumExp(s[:1], s[1:2], s[2:], x, 1, n, 1)
				size := func(int) float64 { return max(math.Abs(one[1]), math.Log1p(one[2])) }
				requireWithin(t, one[:1], s[:1], ulps(2), size, "log sum exp")
				simd.LogSumExpBackward(y, 0, []float32{2}, s[1:2], s[2:], x, 1, n, 1)
				requireWithin(t, wantDx, y, few, nil, "gradient of log sum exp")
			})
		}
	}
}
