package blas

// How work is divided, by its shape only: a row of pieces reads all of B, a column of pieces all of A, and each has to
// pack for itself what cannot be used as it lies. Costs are in multiplications.
const (
	serialFlops = 400_000   // less is not worth a helper
	pieceFlops  = 4_000_000 // of the smallest pieces, if there are more than two
	mostPieces  = 32

	repackCost = 12 // of an element that is moved to another order
	copyCost   = 8  // of one that is copied
	readCost   = 1
	tolerance  = 64 // more pieces may cost one multiplication in so many
)

// divide cuts the batch into pieces of about the same work: many, so that they balance, if that costs little.
func (p *product) divide() {
	p.rows.keep(p.m)
	p.columns.keep(p.n)
	p.pieces = 1
	flops := 2 * float64(p.m) * float64(p.n) * float64(p.k) * float64(p.count)
	if flops < serialFlops {
		return
	}
	wanted := 2
	for wanted < mostPieces && float64(wanted)*2*pieceFlops <= flops {
		wanted *= 2
	}
	if wanted > p.count {
		p.cutBoth(wanted / p.count)
	}
	p.pieces = min(wanted, p.count*p.rows.count*p.columns.count)
}

// cutBoth cuts rows and columns into at most wanted pieces in all.
func (p *product) cutBoth(wanted int) {
	limit := p.cost(1, 1) + p.m*p.n*p.k/tolerance
	for pieces := 2; pieces <= wanted; pieces *= 2 {
		best, rows, columns := 0, 1, 1
		for r := 1; r <= pieces; r *= 2 {
			c := pieces / r
			if !p.fits(r, c) {
				continue
			}
			if cost := p.cost(r, c); best == 0 || cost < best {
				best, rows, columns = cost, r, c
			}
		}
		if best == 0 || pieces > 2 && best > limit {
			return
		}
		p.rows.cut(p.m, rows, 1)
		p.columns.cut(p.n, columns, p.unit(columns))
	}
}

// fits tells whether every piece has a whole tile at least.
func (p *product) fits(rows, columns int) bool {
	return (rows == 1 || p.m >= rows*p.set.rows) && (columns == 1 || p.n >= columns*p.set.columns(p.set.rows))
}

// cost is what all pieces spend on reading and packing, or on reading what had better be packed.
func (p *product) cost(rows, columns int) int {
	a, b := readCost, readCost
	if p.awkwardA() {
		a = repackCost * ((p.n/columns + blockN - 1) / blockN)
	}
	if p.turns(p.m/rows, p.n/columns) {
		a = repackCost
	} else if p.b.column != 4 {
		b = repackCost
	} else if p.packsB(p.m / rows) {
		b = copyCost
	}
	return a*columns*p.m*p.k + b*rows*p.n*p.k
}

// unit is what columns are cut at multiples of: whole tiles if there are enough of them, else whole vectors.
func (p *product) unit(parts int) int {
	if width := p.set.columns(p.set.rows); p.n >= 2*width*parts {
		return width
	}
	return p.set.lanes
}
