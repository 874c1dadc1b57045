package simd

import "math"

// Range is the elements of an axis that a window of pooling covers: Lo, Lo + Step ... below Hi, all within the axis.
// None is possible.
type Range struct{ Lo, Hi, Step int }

func (r Range) count() int { return max(0, (r.Hi-r.Lo+r.Step-1)/r.Step) }

// Pool is how windows lie on planes [Height, Width]: every row range with every column range.
type Pool struct {
	Height, Width int
	Rows, Columns []Range
	Divisor       int // of averages; 0: the number of elements
}

// planes calls f for every plane of x [planes, Height, Width] and its results y [planes, len(Rows), len(Columns)].
func planes[T Float](p *Pool, x, y []T, f func(x, y []T)) {
	in, out := p.Height*p.Width, len(p.Rows)*len(p.Columns)
	for ; len(y) > 0; x, y = x[in:], y[out:] {
		f(x[:in], y[:out])
	}
}

// MaxPool finds the largest element under every window. NaN is larger than everything, the largest of nothing is -Inf.
//
//	x [planes, Height, Width], y [planes, len(Rows), len(Columns)]
func MaxPool[T Float](y, x []T, p *Pool) {
	if single[T]() && p.pairs() {
		planes(p, f32(x), f32(y), func(x, y []float32) { maxPairs(y, x, p) })
		return
	}
	planes(p, x, y, func(x, y []T) {
		for i, row := range p.Rows {
			for j, column := range p.Columns {
				top, _ := maxWindow(x, p.Width, row, column)
				y[i*len(p.Columns)+j] = top
			}
		}
	})
}

// MaxPoolBackward adds dy to the gradient of the largest element under every window, the first of equals.
//
//	dx, x [planes, Height, Width], dy, y [planes, len(Rows), len(Columns)]
func MaxPoolBackward[T Float](dx, dy, x, y []T, p *Pool) {
	in, out := p.Height*p.Width, len(p.Rows)*len(p.Columns)
	fast := single[T]() && p.pairs()
	for ; len(dy) > 0; dx, dy, x, y = dx[in:], dy[out:], x[in:], y[out:] {
		if fast {
			maxPairsBackward(f32(dx[:in]), f32(dy[:out]), f32(x[:in]), f32(y[:out]), p)
			continue
		}
		for i, row := range p.Rows {
			for j, column := range p.Columns {
				if _, at := maxWindow(x, p.Width, row, column); at >= 0 {
					dx[at] += dy[i*len(p.Columns)+j]
				}
			}
		}
	}
}

// maxWindow returns the largest element under a window of a plane, and where it is: -1 if there is none.
func maxWindow[T Float](x []T, width int, rows, columns Range) (top T, at int) {
	top, at = T(math.Inf(-1)), -1
	for i := rows.Lo; i < rows.Hi; i += rows.Step {
		for j := i*width + columns.Lo; j < i*width+columns.Hi; j += columns.Step {
			if v := x[j]; v > top || v != v || at < 0 {
				top, at = v, j
			}
		}
	}
	return top, at
}

// pairs tells whether windows are 2 by 2 elements and lie one beside the other from the first element on.
func (p *Pool) pairs() bool { return pairs(p.Rows) && pairs(p.Columns) }

func pairs(ranges []Range) bool {
	for i, r := range ranges {
		if r != (Range{2 * i, 2*i + 2, 1}) {
			return false
		}
	}
	return true
}

// maxPairs is MaxPool for one plane of pairs. It has no branches that depend on values, since nobody can guess those.
func maxPairs(y, x []float32, p *Pool) {
	n := len(p.Columns)
	for i := range p.Rows {
		upper := x[2*i*p.Width:][:2*n]
		lower := x[(2*i+1)*p.Width:][:2*n]
		to := y[i*n:][:n]
		for j := range to {
			to[j] = max(upper[2*j], upper[2*j+1], lower[2*j], lower[2*j+1])
		}
	}
}

// maxPairsBackward is MaxPoolBackward for one plane of pairs. The last of four elements gets what no other does.
func maxPairsBackward(dx, dy, x, y []float32, p *Pool) {
	n, width := len(p.Columns), p.Width
	for i := range p.Rows {
		upper, lower := x[2*i*width:][:2*n], x[(2*i+1)*width:][:2*n]
		to := dx[2*i*width:]
		y, dy := y[i*n:][:n], dy[i*n:][:n]
		for j, top := range y {
			first, second, third := one(upper[2*j] == top), one(upper[2*j+1] == top), one(lower[2*j] == top)
			down := 1 &^ (first | second)        // to the lower row
			right := second&^first | down&^third // to the second column
			to[2*j+down*width+right] += dy[j]
		}
	}
}

// one returns 1 where yes is true, else 0, without a branch.
func one(yes bool) int {
	n := 0
	if yes {
		n = 1
	}
	return n
}

// AvgPool computes the mean of the elements under every window, carried in float64.
//
//	x [planes, Height, Width], y [planes, len(Rows), len(Columns)]
func AvgPool[T Float](y, x []T, p *Pool) {
	planes(p, x, y, func(x, y []T) {
		for i, row := range p.Rows {
			for j, column := range p.Columns {
				y[i*len(p.Columns)+j] = T(sumWindow(x, p.Width, row, column) / p.divisor(row, column))
			}
		}
	})
}

// AvgPoolBackward adds the share of dy to the gradient of every element under a window.
//
//	dx [planes, Height, Width], dy [planes, len(Rows), len(Columns)]
func AvgPoolBackward[T Float](dx, dy []T, p *Pool) {
	planes(p, dx, dy, func(dx, dy []T) {
		for i, row := range p.Rows {
			for j, column := range p.Columns {
				share := T(float64(dy[i*len(p.Columns)+j]) / p.divisor(row, column))
				addWindow(dx, p.Width, row, column, share)
			}
		}
	})
}

func (p *Pool) divisor(rows, columns Range) float64 {
	if p.Divisor > 0 {
		return float64(p.Divisor)
	}
	return float64(rows.count() * columns.count())
}

// sumWindow adds up the elements of a plane under a window whose elements are neighbours.
func sumWindow[T Float](x []T, width int, rows, columns Range) (sum float64) {
	const long = 32
	for i := rows.Lo; i < rows.Hi; i++ {
		row := x[i*width+columns.Lo : i*width+columns.Hi]
		if len(row) >= long {
			sum += Sum(row)
			continue
		}
		for _, v := range row {
			sum += float64(v)
		}
	}
	return sum
}

func addWindow[T Float](dx []T, width int, rows, columns Range, v T) {
	for i := rows.Lo; i < rows.Hi; i++ {
		row := dx[i*width+columns.Lo : i*width+columns.Hi]
		for j := range row {
			row[j] += v
		}
	}
}
