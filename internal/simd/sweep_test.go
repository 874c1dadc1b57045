package simd_test

import (
	"math"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/testmode"
)

const (
	batch = 1 << 20 // floats that the processors share at once
	piece = 1 << 12 // those that one takes of them
)

// TestActivationsAreWithinTheirErrors compares what the kernels of every level compute with float64, on every 40009th
// float32, with -long every 127th, and with -full all.
func TestActivationsAreWithinTheirErrors(t *testing.T) {
	step := 40_009
	if testmode.Long() {
		step = 127
	}
	if testmode.Full() {
		step = 1
	}
	for _, c := range curves() {
		t.Run(c.name, func(t *testing.T) {
			s := newSweep(c, step, min(batch, 1<<32/step+1))
			for from := 0; from < 1<<32; from += step * batch {
				s.visit(t, from, min(batch, (1<<32-from+step-1)/step))
			}
			t.Logf("%.3f ulp at %v; the reference itself was computed for %.2g%% of the floats", s.worst.ulps, s.worst.at,
				100*float64(s.worst.direct)*float64(step)/(1<<32))
			require.LessOrEqual(t, s.worst.ulps, c.ulps, "%v", s.worst.at)
		})
	}
}

// TestOneWrongFloatIsFound spoils one result of a kernel: where its reference is constant, the identity, a line, curved,
// infinite or NaN.
func TestOneWrongFloatIsFound(t *testing.T) {
	if len(isa.Levels()) == 1 {
		return // nothing is compared
	}
	for _, c := range curves() {
		right := c.single
		for _, wrong := range []float32{-200, -3, -0x1p-60, 0x1.2345p-60, 0.7, 1.0625, 88, 1e30} {
			c.single = func(y, x []float32) {
				right(y, x)
				if i := int(math.Float32bits(wrong) - math.Float32bits(x[0])); i < len(x) {
					y[i] = spoiled(y[i])
				}
			}
			s := newSweep(c, 1, 4*piece)
			s.visit(t, int(math.Float32bits(wrong))&^(4*piece-1), 4*piece)
			require.Equal(t, wrong, s.worst.at, c.name)
			require.Greater(t, s.worst.ulps, c.ulps, "%s at %v", c.name, wrong)
		}
	}
}

// spoiled is 40 units away from v, NaN for infinities, and a number for NaN.
func spoiled(v float32) float32 {
	if v != v {
		return 1
	}
	return math.Float32frombits(math.Float32bits(v) + 40)
}

// sweep holds the kernels of a curve to its reference, on floats whose bits lie step apart.
type sweep struct {
	curve
	step   int
	worst  mistake
	x      []float32
	got    [2][]float32 // of the first level, and of another
	pieces []mistake    // of each
}

// mistake is the largest error so far, in ulp, and where it is.
type mistake struct {
	ulps   float64
	at     float32
	direct int // how many values of the reference itself were computed
}

// newSweep returns one that takes up to n floats at once.
func newSweep(c curve, step, n int) *sweep {
	got := [2][]float32{make([]float32, n), make([]float32, n)}
	return &sweep{curve: c, step: step, x: make([]float32, n), got: got, pieces: make([]mistake, (n+piece-1)/piece)}
}

// visit looks at n floats from those bits on. All levels should have the same bits, so that one comparison is enough; if
// another level has others, they are compared too.
func (s *sweep) visit(t *testing.T, from, n int) {
	t.Helper()
	for i, level := range isa.Levels()[1:] {
		pieces := s.pieces[:(n+piece-1)/piece]
		atLevel(t, level, func() {
			parallel.Run(len(pieces), func(p int) {
				lo, hi := p*piece, min((p+1)*piece, n)
				x, first, got := s.x[lo:hi], s.got[0][lo:hi], s.got[min(i, 1)][lo:hi]
				if i == 0 {
					bits, step := uint32(from+lo*s.step), uint32(s.step)
					for j := range x {
						x[j] = math.Float32frombits(bits)
						bits += step
					}
				}
				s.single(got, x)
				pieces[p] = mistake{ulps: s.worst.ulps, at: s.worst.at}
				if i == 0 || !sameBits(got, first) {
					s.compare(&pieces[p], got, x)
				}
			})
		})
		for _, m := range pieces {
			m.direct += s.worst.direct
			if m.ulps <= s.worst.ulps {
				m.ulps, m.at = s.worst.ulps, s.worst.at
			}
			s.worst = m
		}
	}
}

func sameBits(a, b []float32) bool { return bitsOf(a) == bitsOf(b) }

func bitsOf(x []float32) string {
	return unsafe.String((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}

// wants are kept, as making one takes as long as filling it.
var wants = sync.Pool{New: func() any { return new([piece]float64) }}

// compare holds what a kernel makes of x to the reference, in blocks that end where the exponent of x changes.
func (s *sweep) compare(worst *mistake, got, x []float32) {
	want := wants.Get().(*[piece]float64)
	defer wants.Put(want)
	for len(x) > 0 {
		bits := int(math.Float32bits(x[0]))
		n := min(len(x), ((bits|(1<<23-1))-bits)/s.step+1)
		s.block(worst, got[:n], x[:n], want[:])
		got, x = got[n:], x[n:]
	}
}

// block holds got to the interpolant of the reference, which it tries on halves where it fails on the whole. The
// interpolant only says where to look: every float that is further from it than the worst so far is measured by the
// reference itself.
func (s *sweep) block(worst *mistake, got, x []float32, want []float64) {
	const fewest = 128 // do not pay
	want = want[:len(x)]
	if len(x) < fewest {
		wide := make([]float64, len(x))
		for i, v := range x {
			wide[i] = float64(v)
		}
		s.double(want, wide)
		worst.direct += len(x)
		s.measure(worst, got, x, want, 0)
		return
	}
	p, ok := interpolate(s.double, float64(x[0]), float64(x[len(x)-1]))
	switch {
	case !ok:
		half := len(x) / 2
		s.block(worst, got[:half], x[:half], want)
		s.block(worst, got[half:], x[half:], want)
	case p.constant && same(got[0], p.value) && sameBits(got[1:], got[:len(got)-1]), p.identity && sameBits(got, x):
	case p.constant:
		for i, g := range got {
			if !same(g, p.value) {
				s.look(worst, g, x[i])
			}
		}
	case p.identity:
		for i, g := range got {
			if g != x[i] {
				s.look(worst, g, x[i])
			}
		}
	default:
		p.fill(want)
		s.measure(worst, got, x, want, p.perUnit())
	}
}

// same tells whether both are the same number, or NaN.
func same(a, b float32) bool { return a == b || a != a && b != b }

// measure finds the largest error of got. Want may be off by as much as an interpolant is: what seems worse than all
// before is measured again. Errors below half a unit are those of rounding to float32; 1e-5 is far above what an
// interpolant is off, 2e-6 units. One over the unit is given if it is the same for all, and else 0.
func (s *sweep) measure(worst *mistake, got, x []float32, want []float64, one float64) {
	x, want = x[:len(got)], want[:len(got)]
	bar := max(worst.ulps, 0.5) - 1e-5
	for i, g := range got {
		w, per := want[i], one
		if per == 0 {
			per = perUnit(w)
		}
		if e := math.Abs(float64(g)-w) * per; !(e <= bar) { // e may be NaN
			s.look(worst, g, x[i])
			bar = max(worst.ulps, 0.5) - 1e-5
		}
	}
}

// look measures the error of one result by the reference itself.
func (s *sweep) look(worst *mistake, got, x float32) {
	worst.direct++
	if e := s.errorAt(got, x); e > worst.ulps {
		worst.ulps, worst.at = e, x
	}
}

// errorAt is how far got, a kernel's result at x, is from the reference, in units of the last place of a float32 near
// it, or near the terms whose difference it is. It is 0 where got is the nearest float32, and infinite where only one of
// the two is NaN or infinite.
func (c curve) errorAt(got, x float32) float64 {
	wide, y := []float64{float64(x)}, []float64{0}
	c.double(y, wide)
	want, g := y[0], float64(got)
	if same(got, float32(want)) {
		return 0
	}
	if g != g || want != want || math.IsInf(g, 0) {
		return math.Inf(1)
	}
	size := math.Abs(want)
	if c.size != nil {
		size = max(size, c.size(wide[0]))
	}
	return math.Abs(g-want) * perUnit(size)
}

// perUnit is one over the last place of a float32 near v, which is 2^-149 for all that are small, and for 0.
func perUnit(v float64) float64 {
	exponent := math.Float64bits(v) >> 52 & 0x7ff // of v in [2^(exponent-1023), 2^(exponent-1022))
	return math.Float64frombits((1023 + 1023 + 23 - max(exponent, 1023-126)) << 52)
}
