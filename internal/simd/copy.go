package simd

// Blocks describes pieces of equal size that lie at equal distances in two slices.
type Blocks struct {
	Count, Size  int
	Dst, DstStep int // where the first piece starts in dst, and from there to the start of the next
	Src, SrcStep int // the same in src
}

// Copy copies every piece of src to dst.
func Copy[T Float](dst, src []T, b Blocks) {
	for i := range b.Count {
		copy(dst[b.Dst+i*b.DstStep:][:b.Size], src[b.Src+i*b.SrcStep:])
	}
}

// CopyBackward computes dst = src + beta * dst for every piece. What lies between the pieces of dst stays.
func CopyBackward[T Float](dst []T, beta T, src []T, b Blocks) {
	for i := range b.Count {
		Scale(dst[b.Dst+i*b.DstStep:][:b.Size], beta, 1, src[b.Src+i*b.SrcStep:])
	}
}

// Gather computes y[i] = x[at[i]].
func Gather[T Float](y, x []T, at []int) {
	at = at[:len(y)]
	for i, j := range at {
		y[i] = x[j]
	}
}

// GatherBackward adds dy[i] to dx[at[i]], in order.
func GatherBackward[T Float](dx, dy []T, at []int) {
	at = at[:len(dy)]
	for i, j := range at {
		dx[j] += dy[i]
	}
}

// Embedding copies row ids[i] of the table x [v, c] to row i of y [len(ids), c].
func Embedding[T Float](y, x []T, ids []int32, c int) {
	for i, id := range ids {
		copy(y[i*c:(i+1)*c], x[int(id)*c:])
	}
}

// EmbeddingBackward adds row i of dy [len(ids), c] to row ids[i] of dx [v, c], in order.
func EmbeddingBackward[T Float](dx, dy []T, ids []int32, c int) {
	for i, id := range ids {
		row := dx[int(id)*c:][:c]
		Add(row, row, dy[i*c:(i+1)*c])
	}
}
