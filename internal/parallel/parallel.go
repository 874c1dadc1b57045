package parallel

const (
	// align is what pieces of For begin at multiples of: whole cache lines, and whole vectors of every kernel.
	align = 64
	// mostPieces is how many pieces For makes at most: enough to balance, few enough to cost nothing.
	mostPieces = 32
)

// Run calls f(0), f(1) ... f(pieces-1), each once, on the caller and on helpers that are free, and returns when all are
// done. It allocates nothing. Pieces must not wait for each other: one goroutine may do them all, in any order.
func Run(pieces int, f func(piece int)) {
	do(job{pieces: pieces, call: f})
}

// For cuts [0, n) into pieces and calls f on each [lo, hi) as [Run] does. Where they are cut depends on n and grain only:
// into at most 32 pieces of about the same size, which begin at multiples of 64. grain is the least number of elements
// that are worth a piece: about 5 us of work. What is not worth two pieces is one call f(0, n), and nothing is called for
// an n of 0.
func For(n, grain int, f func(lo, hi int)) {
	size := pieceSize(n, grain)
	do(job{pieces: (n + size - 1) / size, span: f, n: n, size: size})
}

// pieceSize is how many elements a piece of For has; the last has what is left.
func pieceSize(n, grain int) int {
	pieces := max(1, min(mostPieces, n/max(1, grain)))
	size := (n + pieces - 1) / pieces
	return max(align, (size+align-1)/align*align)
}

// job is what one call of Run or For wants done.
type job struct {
	pieces  int
	call    func(piece int)  // of Run
	span    func(lo, hi int) // of For
	n, size int
}

// do is the work of one piece.
func (j *job) do(piece int) {
	if j.span == nil {
		j.call(piece)
		return
	}
	lo := piece * j.size
	j.span(lo, min(lo+j.size, j.n))
}

// do does all of a job, with help if there is more than one piece and somebody free.
func do(j job) {
	if j.pieces > 1 && team.lead(j) {
		return
	}
	for i := range j.pieces {
		j.do(i)
	}
}
