package simd

// The functions of this file work on planes [height, width], any number of them one after another. What becomes of rows
// is the same in all columns, and the other way round.

// Remap computes y[i, j] = x[rows[i], columns[j]], or v where one of these is -1.
//
//	x [planes, height, width], y [planes, len(rows), len(columns)]
func Remap[T Float](y, x []T, v T, height, width int, rows, columns []int) {
	for ; len(y) > 0; x = x[height*width:] {
		for _, r := range rows {
			to := y[:len(columns)]
			y = y[len(columns):]
			if r < 0 {
				Fill(to, v)
				continue
			}
			row := x[r*width:][:width]
			for j, c := range columns {
				if c < 0 {
					to[j] = v
				} else {
					to[j] = row[c]
				}
			}
		}
	}
}

// RemapBackward adds the gradient of [Remap] to dx.
//
//	dx [planes, height, width], dy [planes, len(rows), len(columns)]
func RemapBackward[T Float](dx, dy []T, height, width int, rows, columns []int) {
	for ; len(dy) > 0; dx = dx[height*width:] {
		for _, r := range rows {
			from := dy[:len(columns)]
			dy = dy[len(columns):]
			if r < 0 {
				continue
			}
			row := dx[r*width:][:width]
			for j, c := range columns {
				if c >= 0 {
					row[c] += from[j]
				}
			}
		}
	}
}

// Blend is a place between two elements of an axis: Share of High and the rest of Low.
type Blend struct {
	Low, High int
	Share     float64
}

// Bilinear interpolates: y[i, j] is taken between four elements of x, at rows[i] and columns[j]. It computes in float64.
//
//	x [planes, height, width], y [planes, len(rows), len(columns)]
func Bilinear[T Float](y, x []T, height, width int, rows, columns []Blend) {
	for ; len(y) > 0; x = x[height*width:] {
		for _, r := range rows {
			low, high := x[r.Low*width:][:width], x[r.High*width:][:width]
			for j, c := range columns {
				top := (1-c.Share)*float64(low[c.Low]) + c.Share*float64(low[c.High])
				bottom := (1-c.Share)*float64(high[c.Low]) + c.Share*float64(high[c.High])
				y[j] = T((1-r.Share)*top + r.Share*bottom)
			}
			y = y[len(columns):]
		}
	}
}

// BilinearBackward adds the gradient of [Bilinear] to dx.
//
//	dx [planes, height, width], dy [planes, len(rows), len(columns)]
func BilinearBackward[T Float](dx, dy []T, height, width int, rows, columns []Blend) {
	for ; len(dy) > 0; dx = dx[height*width:] {
		for _, r := range rows {
			low, high := dx[r.Low*width:][:width], dx[r.High*width:][:width]
			for j, c := range columns {
				top, bottom := (1-r.Share)*float64(dy[j]), r.Share*float64(dy[j])
				low[c.Low] += T((1 - c.Share) * top)
				low[c.High] += T(c.Share * top)
				high[c.Low] += T((1 - c.Share) * bottom)
				high[c.High] += T(c.Share * bottom)
			}
			dy = dy[len(columns):]
		}
	}
}
