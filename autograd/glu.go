package autograd

import "github.com/heft-ml/heft/internal/simd"

// SwiGLU returns SiLU(gate) * up, the gated unit of Llama's MLP (arXiv:2002.05202).  gate, up, y: any equal shape
func (gate *Tensor[T]) SwiGLU(up *Tensor[T]) *Tensor[T] {
	return gate.glu("swiglu", up, simd.SwiGLU[T], simd.SwiGLUGateBackward[T], simd.SwiGLUUpBackward[T])
}

// GeGLU returns GELU(gate) * up, with the GELU of the normal distribution (arXiv:2002.05202).
//
//	gate, up, y: any equal shape
func (gate *Tensor[T]) GeGLU(up *Tensor[T]) *Tensor[T] {
	return gate.glu("geglu", up, simd.GeGLU[T], simd.GeGLUGateBackward[T], simd.GeGLUUpBackward[T])
}

func (gate *Tensor[T]) glu(op string, up *Tensor[T], forward func(y, gate, up []T),
	gateBackward func(dgate []T, beta T, dy, gate, up []T), upBackward func(dup []T, beta T, dy, gate []T)) *Tensor[T] {
	if !sameShape(gate.shape, up.shape) {
		gate.mismatch(op, "the shapes must be equal", up)
	}
	y := New(gate.shape, gate, up)
	forward(y.data, gate.data, up.data)
	return y.Record(op, func(dy []T) {
		if dgate, beta := gate.GradTo(); dgate != nil {
			gateBackward(dgate, beta, dy, gate.data, up.data)
		}
		if dup, beta := up.GradTo(); dup != nil {
			upBackward(dup, beta, dy, gate.data)
		}
	})
}
