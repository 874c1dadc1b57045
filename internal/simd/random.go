package simd

import (
	"math"
	"math/bits"
	"unsafe"
)

// Random numbers come from a counter and a key: nothing is carried from one to the next, so a slice can be filled from
// anywhere, by many at once. A counter gives two words. A slice is filled in two halves: the counter i gives its first
// word to element i and its second to element i + n/2. Where n is odd, the last element takes both words of the counter
// n/2, and keeps the second.

// threefryKey is the key schedule of Threefry2x32.
type threefryKey [3]uint32

func newKey(key uint64) threefryKey {
	low, high := uint32(key), uint32(key>>32)
	return threefryKey{low, high, low ^ high ^ 0x1bd11bda}
}

// words returns the two words of Threefry2x32-20 for a counter of two words (Salmon et al. 2011,
// doi:10.1145/2063384.2063405; JAX's generator).
func (k threefryKey) words(a, b uint32) (uint32, uint32) {
	rotations := [8]int{13, 15, 26, 6, 17, 29, 16, 24}
	a, b = a+k[0], b+k[1]
	for round := range 20 {
		a += b
		b = bits.RotateLeft32(b, rotations[round%8]) ^ a
		if inject := round/4 + 1; round%4 == 3 {
			a += k[inject%3]
			b += k[(inject+1)%3] + uint32(inject)
		}
	}
	return a, b
}

// halves cuts x in two of equal length, and one that is left over, or none.
func halves[E any](x []E) (low, high, last []E) {
	half := len(x) / 2
	return x[:half], x[half : 2*half], x[2*half:]
}

// Uniform fills dst from U(lo, hi), both bounds excluded but for rounding: 2^24 values at equal distances, whose mean is
// (lo + hi)/2.
func Uniform(dst []float32, key uint64, lo, hi float64) {
	k, middle, reach := newKey(key), lo/2+hi/2, hi/2-lo/2
	low, high, last := halves(dst)
	uniform(low, high, middle, reach, k, 0)
	uniform(last, last, middle, reach, k, uint32(len(low)))
}

func uniform(low, high []float32, middle, reach float64, k threefryKey, first uint32) {
	if uniformKernel(low, high, float32(middle), float32(reach), k[0], k[1], k[2], first) {
		return
	}
	for i := range low {
		a, b := k.words(first+uint32(i), 0)
		low[i], high[i] = float32(middle+reach*symmetric(a)), float32(middle+reach*symmetric(b))
	}
}

// symmetric returns a number in (-1, 1), whose mean is 0 exactly: an odd multiple of 2^-24.
func symmetric(word uint32) float64 { return float64(int32(word>>7|1)-1<<24) * 0x1p-24 }

// Normal fills dst from N(mean, std²) by the method of Box and Muller (1958, doi:10.1214/aoms/1177706645). No value is
// further than 6.6 std from the mean. Kernels differ from the twin by at most 4 ulp of the distance or 2^-50 std, and
// 1 ulp of the mean.
func Normal(dst []float32, key uint64, mean, std float64) {
	k := newKey(key)
	low, high, last := halves(dst)
	normal(low, high, mean, std, k, 0)
	normal(last, last, mean, std, k, uint32(len(low)))
}

func normal(low, high []float32, mean, std float64, k threefryKey, first uint32) {
	if normalKernel(low, high, float32(mean), float32(std), k[0], k[1], k[2], first) {
		return
	}
	for i := range low {
		a, b := k.words(first+uint32(i), 0)
		u := float32(int32(a>>1|1)) * 0x1p-31 // rounded as the kernel does: it matters near 1
		radius := std * math.Sqrt(-2*math.Log(float64(u)))
		sine, cosine := math.Sincos(float64(b>>8) * 0x1p-24 * 2 * math.Pi)
		low[i], high[i] = float32(mean+radius*cosine), float32(mean+radius*sine)
	}
}

// Dropout computes y = x / (1-p) where kept, else 0 x, which is NaN for what is not finite. Each element is kept with
// probability 1-p, to within 2^-32; p is in (0, 1]. y may be x.
func Dropout[T Float](y []T, kept []bool, x []T, key uint64, p float64) {
	k, limit, scale := newKey(key), dropLimit(p), DropoutScale[T](p)
	low, high, last := halves(kept[:len(y)])
	if !single[T]() {
		keep(low, high, limit, k, 0)
		keep(last, last, limit, k, uint32(len(low)))
		DropoutBackward(y, 0, x, kept, scale)
		return
	}
	yLow, yHigh, yLast := halves(f32(y))
	xLow, xHigh, xLast := halves(f32(x[:len(y)]))
	dropout(yLow, yHigh, low, high, xLow, xHigh, float32(scale), limit, k, 0)
	dropout(yLast, yLast, last, last, xLast, xLast, float32(scale), limit, k, uint32(len(low)))
}

func dropout(yLow, yHigh []float32, low, high []bool, xLow, xHigh []float32, scale float32, limit uint32, k threefryKey, first uint32) {
	if dropoutKernel(yLow, yHigh, low, high, xLow, xHigh, scale, limit, k[0], k[1], k[2], first) {
		return
	}
	keep(low, high, limit, k, first)
	DropoutBackward(yHigh, 0, xHigh, high, scale)
	if unsafe.SliceData(yLow) != unsafe.SliceData(yHigh) { // else y may be x, and is done
		DropoutBackward(yLow, 0, xLow, low, scale)
	}
}

// keep decides which elements stay.
func keep(low, high []bool, limit uint32, k threefryKey, first uint32) {
	for i := range low {
		a, b := k.words(first+uint32(i), 0)
		low[i], high[i] = int32(a) > int32(limit), int32(b) > int32(limit)
	}
}

// DropoutScale is what Dropout multiplies kept elements by: 1/(1-p), or 0 where none are.
func DropoutScale[T Float](p float64) T {
	if p == 1 {
		return 0
	}
	return T(1 / (1 - p))
}

// dropLimit is the largest word, as a signed integer, whose element is dropped.
func dropLimit(p float64) uint32 {
	dropped := max(1, math.RoundToEven(p*(1<<32)))
	return uint32(int64(dropped) - 1<<31 - 1)
}

// DropoutBackward computes dx = scale * dy where kept, else 0 dy.
func DropoutBackward[T Float](dx []T, beta T, dy []T, kept []bool, scale T) {
	if single[T]() && dropoutBackwardKernel(f32(dx), float32(beta), f32(dy), kept, float32(scale)) {
		return
	}
	dy, kept = dy[:len(dx)], kept[:len(dx)]
	for i := range dx {
		var factor T
		if kept[i] {
			factor = scale
		}
		put(dx, beta, i, dy[i]*factor)
	}
}
