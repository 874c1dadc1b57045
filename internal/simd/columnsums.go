package simd

import (
	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/parallel"
)

// GainSums adds dy * (x - mean) * rstd over the rows of x [n, c] to sum [c], carried in float64: the gradient of the gain.
// A nil mean is 0.
//
// The kernel rounds what it adds to float32.
func GainSums[T Float](sum []float64, dy, x []T, mean, rstd []float64) {
	if level, ok := vectors[T](); ok {
		onColumns(level, len(rstd), sum, gainSums{f32(dy), f32(x), mean, rstd})
		return
	}
	c := len(sum)
	for r, s := range rstd {
		m := rowMean(mean, r)
		row, dy := x[r*c:(r+1)*c], dy[r*c:(r+1)*c]
		for j, v := range row {
			sum[j] += float64(float64(dy[j]) * (float64(v) - m) * s)
		}
	}
}

// ShiftSums adds the rows of dy [n, c] to sum [c], carried in float64: the gradient of the shift.
func ShiftSums[T Float](sum []float64, dy []T) {
	if level, ok := vectors[T](); ok {
		onColumns(level, rowLength(len(dy), len(sum)), sum, shiftSums{f32(dy)})
		return
	}
	for ; len(dy) > 0; dy = dy[len(sum):] {
		for j := range sum {
			sum[j] += float64(dy[j])
		}
	}
}

// PutSums computes dx = sum + beta * dx.
func PutSums[T Float](dx []T, beta T, sum []float64) {
	sum = sum[:len(dx)]
	for i := range dx {
		put(dx, beta, i, T(sum[i]))
	}
}

// columnBlock is some neighbouring columns of a matrix.
type columnBlock struct {
	level             isa.Level
	rows, from, width int
	stride            int
}

// columnWork is what is to be added to the sums of columns. They have room for a multiple of 16.
type columnWork interface {
	add(sum []float64, b columnBlock)
}

// onColumns does the work on all columns of a matrix of so many rows. Columns do not depend on each other.
func onColumns[W columnWork](level isa.Level, rows int, sum []float64, w W) {
	c := len(sum)
	all := columnBlock{level, rows, 0, c, c}
	if rows*c < 2*kernelGrain {
		addSums(sum, all, w)
		return
	}
	parallel.For(c, max(1, kernelGrain/rows), func(lo, hi int) {
		part := all
		part.from, part.width = lo, hi-lo
		addSums(sum[lo:hi], part, w)
	})
}

// addSums does the work on the columns of sum. The last of them, where there are less than 16, are worked on elsewhere.
func addSums[W columnWork](sum []float64, b columnBlock, w W) {
	const lanes = 16
	whole := b.width &^ (lanes - 1)
	first, last := b, b
	first.width = whole
	last.from, last.width = b.from+whole, b.width-whole
	if first.width > 0 {
		w.add(sum, first)
	}
	if last.width > 0 {
		var room [lanes]float64
		copy(room[:], sum[whole:])
		w.add(room[:], last)
		copy(sum[whole:], room[:])
	}
}

type gainSums struct {
	dy, x      []float32
	mean, rstd []float64
}

func (w gainSums) add(sum []float64, b columnBlock) {
	for r := 0; r < b.rows; r += blockLines {
		height := min(blockLines, b.rows-r)
		var m means
		var scale lineFloats
		if w.mean != nil {
			m.setAll(w.mean[r : r+height])
		}
		for i, s := range w.rstd[r : r+height] {
			scale[i] = float32(s)
		}
		at := r*b.stride + b.from
		gainSumsKernel(b.level, height, b.width, b.stride, w.dy[at:], w.x[at:], m.high[:], m.low[:], scale[:], sum)
	}
}

type shiftSums struct{ dy []float32 }

func (w shiftSums) add(sum []float64, b columnBlock) {
	sumColumnsKernel(b.level, b.rows, b.width, b.stride, w.dy[b.from:], sum)
}
