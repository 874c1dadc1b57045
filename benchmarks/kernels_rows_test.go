package benchmarks

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// Rows and channels of these sizes are those of a small transformer and a small convolutional network.
const (
	classes = 64
	width   = 128
	planes  = 8  // channels of an image
	area    = 32 // elements of a channel
)

var losses = slices.Concat(
	binary("squared-distance", simd.SquaredDistance[float32]),
	binary("distance", simd.Distance[float32]),
	binary("huber", func(y, x, t []float32) { simd.Huber(y, 1, x, t) }),
	binary("bce", func(y, x, t []float32) { simd.BCEWithLogits(y, x, t, []float64{1}) }),
	[]kernel{
		{"cross-entropy-rows-of-64", func(n int) func() {
			x, loss, labels := Normal(n), make([]float32, n/classes), make([]int32, n/classes)
			top, others := make([]float32, n/classes), make([]float32, n/classes)
			return func() { simd.CrossEntropy(loss, top, others, x, labels, -1, 0) }
		}},
		{"cross-entropy-rows-of-64-backward", func(n int) func() {
			x, dx, loss, labels := Normal(n), make([]float32, n), make([]float32, n/classes), make([]int32, n/classes)
			dy, top, others := positive(n/classes), make([]float32, n/classes), make([]float32, n/classes)
			simd.CrossEntropy(loss, top, others, x, labels, -1, 0)
			return func() { simd.CrossEntropyBackward(dx, 0, dy, top, others, x, labels, -1, 0) }
		}},
	},
)

var rows = []kernel{
	{"sum", func(n int) func() {
		x := Normal(n)
		return func() { simd.Sum(x) }
	}},
	{"sum-rows-of-128", func(n int) func() {
		x, y := Normal(n), make([]float32, n/width)
		return func() { simd.SumAxis(y, 1, x, n/width, width, 1) }
	}},
	{"column-sums-of-128", func(n int) func() {
		x, y := Normal(n), make([]float32, width)
		return func() { simd.ColumnSums(y, 0, x) }
	}},
	{"max-rows-of-128", func(n int) func() {
		x, y := Normal(n), make([]float32, n/width)
		return func() { simd.Extreme(y, 1, x, n/width, width, 1) }
	}},
	{"argmax-rows-of-128", func(n int) func() {
		x, at := Normal(n), make([]int32, n/width)
		return func() { simd.ArgMax(at, x, n/width, width, 1) }
	}},
	{"variance-rows-of-128", func(n int) func() {
		x, y := Normal(n), make([]float32, n/width)
		return func() { simd.Variance(y, 1, x, n/width, width, 1) }
	}},
	{"softmax-rows-of-64", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.Softmax(y, x, n/classes, classes, 1) }
	}},
	{"softmax-rows-of-64-backward", func(n int) func() {
		dy, y, dx := Normal(n), positive(n), make([]float32, n)
		return func() { simd.SoftmaxBackward(dx, 0, dy, y, n/classes, classes, 1) }
	}},
	{"log-softmax-rows-of-64", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.LogSoftmax(y, x, n/classes, classes, 1) }
	}},
	{"layer-norm-rows-of-128", func(n int) func() {
		x, y, gain, shift, mean, rstd := Normal(n), make([]float32, n), Normal(width), Normal(width), ones(n/width), ones(n/width)
		return func() { simd.LayerNorm(y, mean, rstd, x, gain, shift, 1e-5) }
	}},
	{"layer-norm-rows-of-128-backward", func(n int) func() {
		dy, x, dx, gain, mean, rstd := Normal(n), Normal(n), make([]float32, n), Normal(width), ones(n/width), ones(n/width)
		gains, shifts := ones(simd.NormSums(n/width, width)), ones(simd.NormSums(n/width, width))
		return func() { simd.LayerNormBackward(dx, 0, gains, shifts, dy, x, mean, rstd, gain) }
	}},
}

var channels = []kernel{
	{"moments", func(n int) func() {
		x, mean, squares := Normal(n), ones(planes), ones(planes)
		return func() { simd.ChannelMoments(mean, squares, x, area) }
	}},
	{"batch-norm", func(n int) func() {
		x, y, mean, rstd, gain, shift := Normal(n), make([]float32, n), ones(planes), ones(planes), Normal(planes), Normal(planes)
		return func() { simd.NormalizeChannels(y, x, mean, rstd, gain, shift, area) }
	}},
	{"batch-norm-sums", func(n int) func() {
		dy, x, mean, rstd, total, product := Normal(n), Normal(n), ones(planes), ones(planes), ones(planes), ones(planes)
		return func() { simd.ChannelSums(total, product, dy, x, mean, rstd, area) }
	}},
	{"batch-norm-backward", func(n int) func() {
		dy, x, dx, mean, rstd := Normal(n), Normal(n), make([]float32, n), ones(planes), ones(planes)
		gain, total, product := Normal(planes), ones(planes), ones(planes)
		return func() { simd.BatchNormBackward(dx, 0, dy, x, mean, rstd, gain, total, product, area) }
	}},
}
