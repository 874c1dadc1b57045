package blas_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
)

// fused returns x y + z rounded once. The product is exact in float64; the sum is rounded to odd there, so that rounding
// it again is as good as rounding once (Boldo and Melquiond 2008).
func fused(x, y, z float32) float32 {
	p, q := float64(x)*float64(y), float64(z)
	s := p + q
	t := s - p
	rest := (p - (s - t)) + (q - t)
	if bits := math.Float64bits(s); rest != 0 && bits&1 == 0 {
		if (rest > 0) == (s > 0) {
			s = math.Float64frombits(bits + 1)
		} else {
			s = math.Float64frombits(bits - 1)
		}
	}
	return float32(s)
}

// rounded returns x y + z with both operations rounded.
func rounded(x, y, z float32) float32 { return float32(x*y) + z }

// documented computes element i, j of what g describes as the package's documentation says.
func documented(g *blas.Args[float32], add func(x, y, z float32) float32, i, j int) float32 {
	ai, aq := g.LDA, 1
	if g.TransA {
		ai, aq = aq, ai
	}
	bq, bj := g.LDB, 1
	if g.TransB {
		bq, bj = bj, bq
	}
	blocks, units := (g.K+blas.BlockK-1)/blas.BlockK, (g.K+blas.UnitK-1)/blas.UnitK
	var c float32
	q, end := 0, 0
	for b := range blocks {
		end += units / blocks * blas.UnitK
		if b < units%blocks {
			end += blas.UnitK
		}
		var sum float32
		for ; q < min(end, g.K); q++ {
			sum = add(g.A[i*ai+q*aq], g.B[q*bq+j*bj], sum)
		}
		switch {
		case b > 0:
			c = add(g.Alpha, sum, c)
		case g.Bias != nil:
			c = add(g.Alpha, sum, g.Bias[j])
		case g.Beta != 0:
			c = add(g.Alpha, sum, float32(g.Beta*g.C[i*g.LDC+j]))
		default:
			c = float32(g.Alpha * sum)
		}
	}
	if g.ReLU && c <= 0 {
		c = 0
	}
	return c
}

// atEveryLevel runs a test at each level of this machine. The level is the process's, so the test cannot be parallel.
func atEveryLevel(t *testing.T, test func(t *testing.T, level isa.Level)) {
	before := isa.Active()
	defer func() { require.NoError(t, isa.Use(before)) }()
	for _, level := range isa.Levels() {
		require.NoError(t, isa.Use(level))
		t.Run(level.String(), func(t *testing.T) { test(t, level) })
	}
}

// TestEveryLevelGivesTheDocumentedBits is what makes processors of different kinds agree: each can only be compared with
// the documentation.
func TestEveryLevelGivesTheDocumentedBits(t *testing.T) {
	shapes := [][3]int{{1, 1, 1}, {3, 37, blas.BlockK + 2}, {61, 5, 3*blas.BlockK - 1}, {130, 100, 9}, {16, 50, blas.BlockK + 18}}
	for m := 1; m <= 26; m++ {
		shapes = append(shapes, [3]int{m, m*7%33 + 1, m*5%11 + 1}, [3]int{m%13 + 1, m, 7}, [3]int{m%5 + 1, 3 * m, 4})
	}
	atEveryLevel(t, func(t *testing.T, level isa.Level) {
		add := fused
		if level == isa.None {
			add = rounded
		}
		for i, s := range shapes {
			for _, l := range layouts {
				for variant := range 8 {
					checkDocumented(t, l.ta, l.tb, s[0], s[1], s[2], variant, i, add, fmt.Sprintf("%v %s %v, variant %d", level, l.name, s, variant))
				}
			}
		}
	})
}

// checkDocumented compares every element, and what lies between rows. The variants have different epilogues, and from 4
// on factors of bfloat16.
func checkDocumented(t *testing.T, ta, tb blas.Transpose, m, n, k, variant, gap int, add func(x, y, z float32) float32, what string) {
	t.Helper()
	g := &blas.Args[float32]{TransA: ta, TransB: tb, M: m, N: n, K: k, Alpha: 1, LDA: k + gap%3, LDB: n + gap%5, LDC: n + gap%2}
	rowsA, rowsB := m, k
	if ta {
		g.LDA, rowsA = m+gap%3, k
	}
	if tb {
		g.LDB, rowsB = k+gap%5, n
	}
	g.A, g.B, g.C = normal[float32](1, rowsA*g.LDA), normal[float32](2, rowsB*g.LDB), normal[float32](3, m*g.LDC)
	switch variant % 4 {
	case 1:
		g.Alpha, g.Beta = -0.3, 0.7
	case 2:
		g.Beta, g.ReLU = 1, true
	case 3:
		g.Bias, g.ReLU = normal[float32](4, n), true
	}
	exact := *g
	if variant >= 4 {
		g.BF16, exact.A, exact.B = true, nearestBF16s(g.A), nearestBF16s(g.B)
	}
	want := slices.Clone(g.C)
	for i := range m {
		for j := range n {
			want[i*g.LDC+j] = documented(&exact, add, i, j)
		}
	}
	blas.Multiply(g)
	for e, v := range g.C {
		if math.Float32bits(v) != math.Float32bits(want[e]) {
			t.Fatalf("%s: element %d, %d is %v, not %v", what, e/g.LDC, e%g.LDC, v, want[e])
		}
	}
}
