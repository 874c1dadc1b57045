package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/internal/vector"
)

// function is a function of one variable in float32, and what it should be.
type function struct {
	name    string
	compute func(k *vector.Kernel, x vector.Value) vector.Value
	want    func(x float64) float64
	lo, hi  float64 // where it is defined
	ulps    float64 // the largest error there
}

func functions() []function {
	inf := math.Inf(1)
	down := func(k *vector.Kernel, x vector.Value) vector.Value { e, _ := expDown(k, x); return e }
	large := func(k *vector.Kernel, x vector.Value) vector.Value { _, l := expDown(k, x); return l }
	tail := func(k *vector.Kernel, z vector.Value) vector.Value {
		m, large := normalTail(k, z)
		return m.Mul(large).Mul(k.Float(shrink))
	}
	sine := func(k *vector.Kernel, u vector.Value) vector.Value { s, _ := sinCosTurn(k, u); return s }
	cosine := func(k *vector.Kernel, u vector.Value) vector.Value { _, c := sinCosTurn(k, u); return c }
	return []function{
		{"exp", exp, math.Exp, -inf, inf, 0.95},
		{"expDown", down, math.Exp, -inf, 0, 0.95},
		{"2^64 expDown", large, func(x float64) float64 { return 0x1p64 * math.Exp(x) }, lowest, 0, 0.95},
		{"expm1Down", expm1Down, math.Expm1, -inf, 0, 1},
		{"log", log, math.Log, -inf, inf, 0.95},
		{"log1p", log1p, math.Log1p, 0, 1, 0.95},
		{"1-Φ", tail, func(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }, 0, farthest, 4.2},
		{"sin 2πu", sine, func(u float64) float64 { return turn(u, 0) }, 0, 1, 1.8},
		{"cos 2πu", cosine, func(u float64) float64 { return turn(u, 1) }, 0, 1, 1.8},
	}
}

// turn returns the sine of u turns and some quarters. It takes off whole eighths, which math.Sin would have to round.
func turn(u float64, quarters int) float64 {
	if u != u {
		return u
	}
	n := math.RoundToEven(4 * u)
	f := 2 * math.Pi * (u - n/4)
	return []float64{math.Sin(f), math.Cos(f), -math.Sin(f), -math.Cos(f)}[(int(n)+quarters)%4]
}

func TestFunctionsAreWithinTheirErrors(t *testing.T) {
	t.Parallel()
	for _, f := range functions() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			model := unary(f.name, "", f.compute)
			worst, at := 0.0, float32(0)
			sweep(f.lo, f.hi, func(x []float32) {
				y := make([]float32, len(x))
				model.Model(len(x), y, x)
				for i := range x {
					if e := ulps(y[i], f.want(float64(x[i]))); e > worst {
						worst, at = e, x[i]
					}
				}
			})
			t.Logf("%.3f ulp at %v", worst, at)
			require.LessOrEqual(t, worst, f.ulps, "at %v", at)
		})
	}
}

// TestLogarithmOfPowersHasTwoParts checks that the exponent of a power is known to more places than a float32 has.
func TestLogarithmOfPowersHasTwoParts(t *testing.T) {
	t.Parallel()
	k := vector.New("log2", "")
	high, low := k.Out("high"), k.Out("low")
	y := log2(k, k.In("x").Load())
	high.Store(y.high)
	low.Store(y.low)
	sweep(math.SmallestNonzeroFloat32, math.MaxFloat32, func(x []float32) {
		high, low := make([]float32, len(x)), make([]float32, len(x))
		k.Model(len(x), high, low, x)
		for i, v := range x {
			if v != v {
				continue
			}
			want := math.Log2(float64(v))
			near := math.Abs(float64(high[i])+float64(low[i])-want) <= 0x1p-26*math.Abs(want)
			if !near || high[i]+low[i] != high[i] {
				require.Fail(t, "not the logarithm in two parts", "log2(%v) is %v + %v", v, high[i], low[i])
			}
		}
	})
}

// sweep visits every 20011th float32 from lo to hi, with -long every 257th and with -full every 17th, and the ends and
// NaN. The tests of package simd visit all, as assembly is faster than its model.
func sweep(lo, hi float64, visit func(x []float32)) {
	step := uint64(20_011)
	if testmode.Long() {
		step = 257
	}
	if testmode.Full() {
		step = 17
	}
	block := []float32{float32(lo), float32(hi), float32(math.NaN())}
	for bits := uint64(0); bits < 1<<32; bits += step {
		x := math.Float32frombits(uint32(bits))
		if v := float64(x); v >= lo && v <= hi || v != v {
			block = append(block, x)
		}
		if len(block) >= 4096 {
			visit(block)
			block = block[:0]
		}
	}
	visit(block)
}

// ulps is the error of got in units of the last place of a float32 near want: infinite where only one is NaN or
// infinite.
func ulps(got float32, want float64) float64 {
	if got == float32(want) || got != got && want != want {
		return 0
	}
	if got != got || want != want || math.IsInf(float64(got), 0) {
		return math.Inf(1)
	}
	unit := 0x1p-149
	if _, exponent := math.Frexp(want); want != 0 {
		unit = math.Ldexp(1, max(exponent-24, -149))
	}
	return math.Abs(float64(got)-want) / unit
}

func TestFunctionsAtSpecialValues(t *testing.T) {
	t.Parallel()
	const denormal = math.SmallestNonzeroFloat32
	inf, nan, minusZero := float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	for _, c := range []struct {
		name string
		x, y float32
	}{
		{"exp", 0, 1}, {"exp", minusZero, 1}, {"exp", denormal, 1}, {"exp", inf, inf}, {"exp", -inf, 0}, {"exp", nan, nan},
		{"exp", 88.72283, 0x1.ffff080p+127}, {"exp", 88.72284, inf}, {"exp", -103.97207, denormal}, {"exp", -103.97209, 0},
		{"expDown", minusZero, 1}, {"expDown", -inf, 0}, {"expDown", nan, nan}, {"expDown", -103.97207, denormal},
		{"expm1Down", 0, 0}, {"expm1Down", minusZero, minusZero}, {"expm1Down", -denormal, -denormal}, {"expm1Down", -inf, -1}, {"expm1Down", nan, nan},
		{"log", 1, 0}, {"log", 0, -inf}, {"log", minusZero, -inf}, {"log", -denormal, nan}, {"log", -inf, nan}, {"log", inf, inf}, {"log", nan, nan},
		{"log", denormal, -103.27893},
		{"log1p", 0, 0}, {"log1p", denormal, denormal}, {"log1p", 1, math.Ln2},
		{"sin 2πu", 0, 0}, {"sin 2πu", 0.25, 1}, {"sin 2πu", 0.5, 0}, {"sin 2πu", 0.75, -1}, {"cos 2πu", 0, 1}, {"cos 2πu", 0.25, 0}, {"cos 2πu", 0.5, -1},
	} {
		for _, f := range functions() {
			if f.name == c.name {
				y := []float32{0}
				unary(f.name, "", f.compute).Model(1, y, []float32{c.x})
				if c.y != c.y {
					require.True(t, y[0] != y[0], "%s(%v) is %v, not NaN", c.name, c.x, y[0])
					continue
				}
				require.Equal(t, c.y, y[0], "%s(%v)", c.name, c.x)
				if c.y == 0 && f.name == "expm1Down" {
					require.Equal(t, math.Signbit(float64(c.y)), math.Signbit(float64(y[0])), "sign of %s(%v)", c.name, c.x)
				}
			}
		}
	}
}

// TestPolynomialsHaveTheErrorsTheyClaim checks the approximations themselves, in float64.
func TestPolynomialsHaveTheErrorsTheyClaim(t *testing.T) {
	t.Parallel()
	at := func(c []float64, x float64) float64 {
		y := 0.0
		for i := len(c) - 1; i >= 0; i-- {
			y = y*x + c[i]
		}
		return y
	}
	for _, c := range []struct {
		name        string
		lo, hi      float64
		approximate func(x float64) float64
		want        func(x float64) float64
		places      float64 // binary places of the relative error
	}{
		{"e^r - 1", -0.34657, 0.34657, func(r float64) float64 { return r + r*r*at(expSeries, r) }, math.Expm1, 26.1},
		{"ln(1+f)", -0.25, 0.5, func(f float64) float64 { return f + f*f*at(logSeries, f) }, math.Log1p, 27.5},
		{"tail", 0, farthest, func(z float64) float64 {
			q := at(tailOver, z)
			return q / (1 + z*(math.Sqrt(2*math.Pi)*q+at(tailRest, z)))
		}, func(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 * math.Exp(z*z/2) }, 25.6},
		{"sin 2πf", -0.125, 0.125, func(f float64) float64 { return f * at(sinSeries, f*f) }, func(f float64) float64 { return math.Sin(2 * math.Pi * f) }, 25},
		{"cos 2πf", -0.125, 0.125, func(f float64) float64 { return 1 + f*f*at(cosSeries, f*f) }, func(f float64) float64 { return math.Cos(2 * math.Pi * f) }, 24.5},
	} {
		worst := 0.0
		for i := range 100_001 {
			x := c.lo + (c.hi-c.lo)*float64(i)/100_000
			if want := c.want(x); want != 0 {
				worst = max(worst, math.Abs(c.approximate(x)/want-1))
			}
		}
		require.LessOrEqual(t, worst, math.Exp2(-c.places), "%s is off by 2^%.2f", c.name, math.Log2(worst))
		require.Greater(t, worst, math.Exp2(-c.places-0.5), "%s is better than it claims: 2^%.2f", c.name, math.Log2(worst))
	}
}
