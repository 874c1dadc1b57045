package simd_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// nodes is how many values of a reference an interpolant goes through.
const nodes = 9

// interpolant stands for a reference in float64 between two points: a polynomial in t, which goes from -1 at the one to 1
// at the other.
//
// Floats of one binade lie at equal steps, and over a few thousands of them a reference is smooth enough to be known from
// its values at nine Chebyshev points. It is computed for ten more, between those and at both ends, which is where a
// polynomial through the nine is furthest off (Trefethen, Approximation Theory and Approximation Practice, chapter 4). At
// none of them may the interpolant differ by more than [tolerance]. That is 2e-6 units of the last place of a float32,
// which is nothing beside the errors of kernels.
type interpolant struct {
	c      [nodes]float64 // the coefficients
	degree int

	// What is so simple has no coefficients.
	constant bool    // every value rounds to the same float32,
	value    float32 // this one, which may be infinite or NaN
	identity bool    // every value rounds to its point, if that is a float32
}

// tolerance is how far an interpolant may be off at a value y.
func tolerance(y float64) float64 { return 1e-13 * max(math.Abs(y), 0x1p-126) }

var (
	roots    = cosines(nodes, 0.5) // of the ninth Chebyshev polynomial: the nodes
	extrema  = cosines(nodes+1, 0) // of the same
	transfer = transferTable()
	powers   = powerTable()
)

func cosines(n int, shift float64) []float64 {
	c := make([]float64, n)
	for i := range c {
		c[i] = math.Cos(math.Pi * (float64(i) + shift) / nodes)
	}
	return c
}

// transferTable holds what the value at node j adds to the coefficient of Chebyshev polynomial k.
func transferTable() (table [nodes][nodes]float64) {
	for k := range nodes {
		for j := range nodes {
			table[k][j] = math.Cos(math.Pi*float64(k)*(float64(j)+0.5)/nodes) * 2 / nodes
			if k == 0 {
				table[k][j] = 1.0 / nodes
			}
		}
	}
	return table
}

// powerTable holds the coefficient of t^i in Chebyshev polynomial k, by T[k] = 2t T[k-1] - T[k-2].
func powerTable() (table [nodes][nodes]float64) {
	table[0][0], table[1][1] = 1, 1
	for k := 2; k < nodes; k++ {
		for i := range nodes {
			table[k][i] = -table[k-2][i]
			if i > 0 {
				table[k][i] += 2 * table[k-1][i-1]
			}
		}
	}
	return table
}

// interpolate returns the interpolant of f from first to last, if there is one: not beside a kink, a pole or a zero.
func interpolate(f func(y, x []float64), first, last float64) (p interpolant, ok bool) {
	if math.IsInf(first, 0) {
		return p, false // NaN comes after
	}
	var x, y [2*nodes + 1]float64
	middle, half := (first+last)/2, (last-first)/2
	for i, t := range roots {
		x[i] = middle + half*t
	}
	for i, t := range extrema {
		x[nodes+i] = middle + half*t
	}
	x[nodes], x[2*nodes] = last, first
	f(y[:], x[:])

	finite := true
	p.constant, p.value, p.identity = true, float32(y[0]), true
	for i, v := range y {
		p.constant = p.constant && same(float32(v), p.value)
		p.identity = p.identity && math.Abs(v-x[i]) <= 0x1p-27*math.Abs(x[i]) // an eighth of a unit at most
		finite = finite && math.Abs(v) <= math.MaxFloat32
	}
	if p.constant || p.identity {
		return p, true
	}
	if !finite {
		return p, false
	}
	p.through(y[:nodes])
	for i, t := range extrema {
		want := y[nodes+i]
		if math.Abs(p.at(t)-want) > tolerance(want) {
			return p, false
		}
	}
	return p, true
}

// through makes the polynomial that has these values at the nodes, and leaves out what of its end is nothing.
func (p *interpolant) through(y []float64) {
	var chebyshev [nodes]float64
	least := math.Inf(1)
	for j, v := range y {
		least = min(least, tolerance(v)/10)
		for k := range nodes {
			chebyshev[k] += transfer[k][j] * v
		}
	}
	p.degree = nodes - 1
	for rest := 0.0; p.degree > 0; p.degree-- {
		if rest += math.Abs(chebyshev[p.degree]); rest > least {
			break
		}
	}
	for k, c := range chebyshev[:p.degree+1] {
		for i := range k + 1 {
			p.c[i] += c * powers[k][i]
		}
	}
}

// at returns the value at t.
func (p *interpolant) at(t float64) float64 {
	y := p.c[p.degree]
	for i := p.degree - 1; i >= 0; i-- {
		y = y*t + p.c[i]
	}
	return y
}

// fill sets y to the values at equal steps from the one end to the other.
func (p *interpolant) fill(y []float64) {
	step := 2 / float64(len(y)-1)
	if p.degree > 3 {
		c := p.c
		for i := range y {
			t := float64(i)*step - 1
			y[i] = (((((((c[8]*t+c[7])*t+c[6])*t+c[5])*t+c[4])*t+c[3])*t+c[2])*t+c[1])*t + c[0]
		}
		return
	}
	c0, c1, c2, c3 := p.c[0], p.c[1], p.c[2], p.c[3]
	for i := range y {
		t := float64(i)*step - 1
		y[i] = ((c3*t+c2)*t+c1)*t + c0
	}
}

// perUnit is one over the last place of a float32 near any of the values, or 0 if they may have several.
func (p *interpolant) perUnit() float64 {
	size, swing := math.Abs(p.c[0]), 0.0
	for _, c := range p.c[1 : p.degree+1] {
		swing += math.Abs(c)
	}
	if one := perUnit(max(size-swing, 0)); one == perUnit(size+swing) {
		return one
	}
	return 0
}

// TestInterpolatedReferencesAreTheReferences compares interpolants with what they stand for on all floats of blocks
// drawn at random: half of them anywhere, half where curves bend most.
func TestInterpolatedReferencesAreTheReferences(t *testing.T) {
	t.Parallel()
	blocks := 30
	if testmode.Long() {
		blocks = 1000
	}
	x, want, got := make([]float64, piece), make([]float64, piece), make([]float64, piece)
	for n, c := range curves() {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		stood := 0
		for i := range blocks {
			bits := r.Uint32()
			if i%2 == 0 {
				bits = math.Float32bits(float32(math.Exp2(8-16*r.Float64())))&^(1<<31) | bits&(1<<31)
			}
			bits &^= piece - 1
			for j := range x {
				x[j] = float64(math.Float32frombits(bits + uint32(j)))
			}
			p, ok := interpolate(c.double, x[0], x[piece-1])
			if !ok {
				continue
			}
			stood++
			c.double(want, x)
			if !p.constant && !p.identity {
				p.fill(got)
			}
			for j, w := range want {
				near := math.Abs(got[j]-w) <= 2*tolerance(w)
				if p.constant {
					near = same(p.value, float32(w))
				} else if p.identity {
					near = x[j] == float64(float32(w))
				}
				if !near {
					require.Fail(t, "the interpolant is not the reference", "%s at %v: %+v, not %v", c.name, x[j], p, w)
				}
			}
		}
		require.Greater(t, stood, blocks/2, "%s is interpolated on few blocks", c.name)
	}
}
