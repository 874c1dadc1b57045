package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/simd"
)

// Kernels three rows high that move by one row are computed two rows of the result at a time, with four products where
// six would be (Winograd's F(2, 3), arXiv:1509.09308, down the rows only). Of rows d of the padded plane, rows g of the
// kernel and rows y of the result, each a product's operand as wide as the plane:
//
//	m0 = (d0 - d2) g0    m1 = (d1 + d2) (g0 + g1 + g2)/2    m2 = (d2 - d1) (g0 - g1 + g2)/2    m3 = (d1 - d3) (-g2)
//	y0 = m0 + m1 + m2    y1 = m1 - m2 + m3
//
// Even and odd rows of planes stand apart, so that every sum of rows is one run of memory. The gradients of y, g and d
// pass through the transposes of the same sums.

const (
	pairChannels = 8       // of a group, in and out, from which this pays
	pairElements = 1 << 17 // of a tile: a share of a second-level cache
)

// pairSums says which rows of a pair's four are added, or subtracted, for each of the products: of the even or the odd
// rows, that of the same pair or of the next.
var pairSums = [4]struct {
	odd, next           int // of the first
	secondOdd, nextPair int // of the second
	add                 bool
}{
	{0, 0, 0, 1, false},
	{1, 0, 0, 1, true},
	{0, 1, 1, 0, false},
	{1, 0, 1, 1, false},
}

// cutPairs decides whether rows are computed in pairs, and how many pairs at once.
func (c *convolution[T]) cutPairs() {
	c.paired = c.sliding && c.Kernel[0] == 3 && c.Dilation[0] == 1 && c.Out[0] > 1 && min(c.in, c.out) >= pairChannels
	if !c.paired {
		return
	}
	_, c.width = c.Padded()
	c.pairs = (c.Out[0] + 1) / 2
	c.half = (c.pairs + 1) * c.width
	c.taps1 = c.in * c.Kernel[1]
	tiles := (c.pairs*c.width*(c.taps1+4*c.out) + pairElements - 1) / pairElements
	c.pairTile = (c.pairs + tiles - 1) / tiles
}

// pairWeights returns the four sums of the kernel's rows for each group: [groups, 4, out, in, kernel width].
func (c *convolution[T]) pairWeights() []T {
	size, wide := c.out*c.taps1, c.Kernel[1]
	turned := c.y.Temp(4 * c.groups * size)
	for group := range c.groups {
		w, u := c.weights(c.w.data, group), turned[4*group*size:]
		for i := range size {
			at := i/wide*3*wide + i%wide
			g0, g1, g2 := w[at], w[at+wide], w[at+2*wide]
			u[i], u[size+i], u[2*size+i], u[3*size+i] = g0, (g0+g1+g2)/2, (g0-g1+g2)/2, -g2
		}
	}
	return turned
}

// pairWeightGradient gives the gradient of the four sums, added up over the pieces, to w.
func (c *convolution[T]) pairWeightGradient(dw []T, beta T) {
	size, wide := c.out*c.taps1, c.Kernel[1]
	du := c.sums[:len(c.turned)]
	for piece := 1; piece < c.pieces; piece++ {
		simd.Add(du, du, c.sums[piece*len(du):][:len(du)])
	}
	if beta == 0 {
		clear(dw)
	}
	for group := range c.groups {
		dw, du := c.weights(dw, group), du[4*group*size:]
		for i := range size {
			at := i/wide*3*wide + i%wide
			sum, difference := (du[size+i]+du[2*size+i])/2, (du[size+i]-du[2*size+i])/2
			dw[at] += du[i] + sum
			dw[at+wide] += difference
			dw[at+2*wide] += sum - du[3*size+i]
		}
	}
}

// turnedWeights returns one of the four sums of a group's weights, or its gradient: [out, taps1].
func (c *convolution[T]) turnedWeights(u []T, group, product int) []T {
	size := c.out * c.taps1
	return u[(4*group+product)*size:][:size]
}

// pairRows returns so many pairs of rows of a channel, from a pair on: even or odd rows.
func (c *convolution[T]) pairRows(s *workspace[T], channel, odd, from, pairs int) []T {
	return s.padded[(odd*c.in+channel)*c.half+from*c.width:][:pairs*c.width]
}

// partRows copies the rows of planes into even and odd ones, among zeros.
func (c *convolution[T]) partRows(s *workspace[T], x []T) {
	clear(s.padded)
	for channel := range c.in {
		for row := range c.In[0] {
			at := row + c.Padding[0]
			to := c.pairRows(s, channel, at%2, at/2, 1)[c.Padding[1]:]
			copy(to, x[(channel*c.In[0]+row)*c.In[1]:][:c.In[1]])
		}
	}
}

// joinRows gives the gradient of even and odd rows to the planes they were copied from.
func (c *convolution[T]) joinRows(dx []T, s *workspace[T]) {
	for channel := range c.in {
		for row := range c.In[0] {
			at := row + c.Padding[0]
			from := c.pairRows(s, channel, at%2, at/2, 1)[c.Padding[1]:]
			simd.Scale(dx[(channel*c.In[0]+row)*c.In[1]:][:c.In[1]], c.beta, 1, from[:c.In[1]])
		}
	}
}

// pairColumns writes what a kernel's row meets on the sums of rows for one of the products: [taps1, positions].
func (c *convolution[T]) pairColumns(s *workspace[T], product, from, pairs int) {
	sums, ld := &pairSums[product], c.pairTile*c.width
	positions := c.pairPositions(pairs)
	for channel := range c.in {
		first := c.pairRows(s, channel, sums.odd, from+sums.next, pairs)
		second := c.pairRows(s, channel, sums.secondOdd, from+sums.nextPair, pairs)
		row := s.columns[channel*c.Kernel[1]*ld:]
		whole := row[:pairs*c.width]
		if sums.add {
			simd.Add(whole, first, second)
		} else {
			simd.Sub(whole, first, second)
		}
		for kx := 1; kx < c.Kernel[1]; kx++ {
			copy(row[kx*ld:][:positions], whole[kx*c.Dilation[1]:])
		}
	}
}

// pairColumnsBackward adds the gradient of pairColumns to that of the even and odd rows.
func (c *convolution[T]) pairColumnsBackward(s *workspace[T], product, from, pairs int) {
	sums, ld := &pairSums[product], c.pairTile*c.width
	positions := c.pairPositions(pairs)
	for channel := range c.in {
		row := s.columns[channel*c.Kernel[1]*ld:]
		whole := row[:pairs*c.width]
		clear(whole[positions:])
		for kx := 1; kx < c.Kernel[1]; kx++ {
			part := whole[kx*c.Dilation[1]:][:positions]
			simd.Add(part, part, row[kx*ld:][:positions])
		}
		first := c.pairRows(s, channel, sums.odd, from+sums.next, pairs)
		simd.Add(first, first, whole)
		second := c.pairRows(s, channel, sums.secondOdd, from+sums.nextPair, pairs)
		if sums.add {
			simd.Add(second, second, whole)
		} else {
			simd.Sub(second, second, whole)
		}
	}
}

// pairPositions is how many positions a product has for so many pairs: with columns between rows.
func (c *convolution[T]) pairPositions(pairs int) int { return (pairs-1)*c.width + c.Out[1] }

// pairProducts returns the four products of a tile, each [out, pairs, width], or their gradients.
func (c *convolution[T]) pairProducts(s *workspace[T]) (m [4][]T) {
	size := c.out * c.pairTile * c.width
	for i := range m {
		m[i] = s.wide[i*size : (i+1)*size]
	}
	return m
}

// eachPairRow calls f for every row of the result in a tile: where it stands there, and in [out, rows, columns].
func (c *convolution[T]) eachPairRow(from, pairs int, f func(odd, tile, result int)) {
	for o := range c.out {
		for row := 2 * from; row < min(2*(from+pairs), c.Out[0]); row++ {
			f(row%2, (o*c.pairTile+row/2-from)*c.width, (o*c.Out[0]+row)*c.Out[1])
		}
	}
}

// forwardPairs is forwardGroup for rows in pairs.
func (c *convolution[T]) forwardPairs(s *workspace[T], image, group int) {
	y, m, ld := c.results(c.y.data, image, group), c.pairProducts(s), c.pairTile*c.width
	c.partRows(s, c.planes(c.x.data, image, group))
	for from := 0; from < c.pairs; from += c.pairTile {
		pairs := min(c.pairTile, c.pairs-from)
		for i := range m {
			g := blas.Args[T]{
				M: c.out, N: c.pairPositions(pairs), K: c.taps1, Alpha: 1, A: c.turnedWeights(c.turned, group, i), LDA: c.taps1,
				B: s.columns, LDB: ld, C: m[i], LDC: ld,
			}
			if i == 1 && c.b != nil { // m1 goes to both rows
				g.Beta = 1
				for o, v := range c.b.data[group*c.out : (group+1)*c.out] {
					simd.Fill(m[1][o*ld:][:ld], v)
				}
			}
			c.pairColumns(s, i, from, pairs)
			c.y.tape.gemm(&g)
		}
		simd.Add(m[0], m[0], m[1])
		simd.Add(m[0], m[0], m[2])
		simd.Sub(m[1], m[1], m[2])
		simd.Add(m[1], m[1], m[3])
		c.eachPairRow(from, pairs, func(odd, tile, result int) { copy(y[result:][:c.Out[1]], m[odd][tile:]) })
	}
}

// backwardPairs computes what a group of an image gives to the gradients of w and x from dy.
func (c *convolution[T]) backwardPairs(s *workspace[T], dy []T, sums []T, image, group int, add bool) {
	if sums != nil {
		c.partRows(s, c.planes(c.x.data, image, group))
		c.eachPairTile(s, dy, func(m []T, product, from, pairs int) {
			ld := c.pairTile * c.width
			g := blas.Args[T]{
				TransB: blas.Trans, M: c.out, N: c.taps1, K: c.pairPositions(pairs), Alpha: 1, A: m, LDA: ld,
				B: s.columns, LDB: ld, C: c.turnedWeights(sums, group, product), LDC: c.taps1,
			}
			if add || from > 0 {
				g.Beta = 1
			}
			c.pairColumns(s, product, from, pairs)
			c.y.tape.gemm(&g)
		})
	}
	if c.dx != nil {
		clear(s.padded)
		c.eachPairTile(s, dy, func(m []T, product, from, pairs int) {
			ld := c.pairTile * c.width
			c.y.tape.gemm(&blas.Args[T]{
				TransA: blas.Trans, M: c.taps1, N: c.pairPositions(pairs), K: c.out, Alpha: 1,
				A: c.turnedWeights(c.turned, group, product), LDA: c.taps1, B: m, LDB: ld, C: s.columns, LDC: ld,
			})
			c.pairColumnsBackward(s, product, from, pairs)
		})
		c.joinRows(c.planes(c.dx, image, group), s)
	}
}

// eachPairTile calls f for every tile and product with the gradient of the product, which follows from dy.
func (c *convolution[T]) eachPairTile(s *workspace[T], dy []T, f func(m []T, product, from, pairs int)) {
	m := c.pairProducts(s)
	for from := 0; from < c.pairs; from += c.pairTile {
		pairs := min(c.pairTile, c.pairs-from)
		clear(m[0])
		clear(m[3])
		c.eachPairRow(from, pairs, func(odd, tile, result int) { copy(m[3*odd][tile:], dy[result:][:c.Out[1]]) })
		simd.Add(m[1], m[0], m[3])
		simd.Sub(m[2], m[0], m[3])
		for i := range m {
			f(m[i], i, from, pairs)
		}
	}
}
