package simd

import "math"

// The functions of this file carry means and sums in float64, and the twins all else too. The kernels round each distance
// from the mean to float32, and the product with it: gradients are within 3 ulp, unless a distance overflows.

// Variance computes over the middle axis of x [outer, n, inner] the sum of squared distances from the mean, times
// scale: y [outer, inner].
func Variance[T Float](y []T, scale float64, x []T, outer, n, inner int) {
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, variance{f32(y), scale, f32(x), false})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		y[k] = T(scale * squaredDistances(x, from, n, inner))
	}
}

// VarianceBackward computes dx [outer, n, inner] = dy * 2 scale (x - mean) + beta * dx.
func VarianceBackward[T Float](dx []T, beta T, scale float64, dy, x []T, outer, n, inner int) {
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, varianceBackward{f32(dx), float32(beta), scale, f32(dy), nil, f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		distancesBackward(dx, beta, 2*scale*float64(dy[k]), x, from, n, inner)
	}
}

// Deviation computes the square root of what [Variance] does: y [outer, inner].
func Deviation[T Float](y []T, scale float64, x []T, outer, n, inner int) {
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, variance{f32(y), scale, f32(x), true})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		y[k] = T(math.Sqrt(scale * squaredDistances(x, from, n, inner)))
	}
}

// DeviationBackward computes dx [outer, n, inner] = dy * scale (x - mean) / y + beta * dx. Where y = 0, it takes 0 for
// the derivative.
func DeviationBackward[T Float](dx []T, beta T, scale float64, dy, y, x []T, outer, n, inner int) {
	g := lineGrid{outer, n, inner}
	if level, ok := vectors[T](); ok && g.worth() {
		onLines(level, g, varianceBackward{f32(dx), float32(beta), scale, f32(dy), f32(y), f32(x)})
		return
	}
	for k := range outer * inner {
		from := lineStart(k, n, inner)
		distancesBackward(dx, beta, deviationFactor(scale, dy[k], y[k]), x, from, n, inner)
	}
}

// deviationFactor is what (x - mean) is multiplied by in the gradient of the deviation y.
func deviationFactor[T Float](scale float64, dy, y T) float64 {
	if y == 0 {
		return 0
	}
	return scale * float64(dy) / float64(y)
}

// squaredDistances goes over the n elements twice: sums of squares would cancel where the mean is large.
func squaredDistances[T Float](x []T, from, n, step int) float64 {
	mean := lineMean(x, from, n, step)
	var s float64
	for j := from; j < from+n*step; j += step {
		d := float64(x[j]) - mean
		s += float64(d * d)
	}
	return s
}

// distancesBackward computes dx = s * (x - mean) + beta * dx. The mean is taken again, for T may round it.
func distancesBackward[T Float](dx []T, beta T, s float64, x []T, from, n, step int) {
	mean := lineMean(x, from, n, step)
	for j := from; j < from+n*step; j += step {
		put(dx, beta, j, T(s*(float64(x[j])-mean)))
	}
}

func lineMean[T Float](x []T, from, n, step int) float64 {
	var s float64
	for j := from; j < from+n*step; j += step {
		s += float64(x[j])
	}
	return s / float64(n)
}

// variance is the work of [Variance] or, where root is set, of [Deviation].
type variance struct {
	y     []float32
	scale float64
	x     []float32
	root  bool
}

func (w variance) block(b lineBlock) {
	var m means
	var squares lineSums
	b.means(&m, w.x)
	b.squares(&squares, w.x, &m)
	for i, s := range squares[:b.lines] {
		v := w.scale * s
		if w.root {
			v = math.Sqrt(v)
		}
		w.y[b.line+i] = float32(v)
	}
}

// varianceBackward is the work of [VarianceBackward] or, where there is a y, of [DeviationBackward].
type varianceBackward struct {
	dx       []float32
	beta     float32
	scale    float64
	dy, y, x []float32
}

func (w varianceBackward) block(b lineBlock) {
	var m means
	var factor lineFloats
	b.means(&m, w.x)
	for i, d := range w.dy[b.line : b.line+b.lines] {
		if w.y == nil {
			factor[i] = float32(2 * w.scale * float64(d))
		} else {
			factor[i] = float32(deviationFactor(w.scale, d, w.y[b.line+i]))
		}
	}
	if b.byRow {
		distanceFromMeanRowsKernel(b.level, b.lines, b.n, b.stride, w.dx[b.from:], w.beta, w.x[b.from:], m.high[:], m.low[:], factor[:])
		return
	}
	distanceFromMeanColumnsKernel(b.level, b.n, b.lines, b.stride, w.dx[b.from:], w.beta, w.x[b.from:], m.high[:], m.low[:], factor[:])
}

// means computes the mean of every line.
func (b lineBlock) means(m *means, x []float32) {
	var sum lineSums
	b.sum(&sum, x)
	for i, s := range sum[:b.lines] {
		m.set(i, s/float64(b.n))
	}
}

// twoFloats splits v into the nearest float32 and the nearest to what is left.
func twoFloats(v float64) (near, rest float32) {
	near = float32(v)
	if math.IsInf(float64(near), 0) {
		return near, 0
	}
	return near, float32(v - float64(near))
}
