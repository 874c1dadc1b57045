package autograd

import "unsafe"

// save64 is Save for float64, whatever T is: statistics and sums that T would round.
func (y *Tensor[T]) save64(n int) []float64 {
	if y.tape == nil {
		return make([]float64, n)
	}
	return wide(y.Save(n*widening[T]()), n)
}

// temp64 is Temp for float64, whatever T is. It is for the way back, where there is a tape.
func (y *Tensor[T]) temp64(n int) []float64 { return wide(y.Temp(n*widening[T]()), n) }

// widening is how many elements one float64 takes.
func widening[T Float]() int { return int(unsafe.Sizeof(float64(0)) / unsafe.Sizeof(T(0))) }

// wide sees a piece of the arena, which starts on a cache line, as n float64.
func wide[T Float](piece []T, n int) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(piece))), n)
}
