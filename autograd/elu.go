package autograd

import "github.com/heft-ml/heft/internal/simd"

// Constants of SELU (arXiv:1706.02515, section 2, with the digits of the authors' code).
const (
	seluScale = 1.0507009873554804934193349852946
	seluAlpha = 1.6732632423543772848170429916717
)

// ELU returns x where it is positive, else alpha (eˣ - 1); its derivative at 0 is alpha (arXiv:1511.07289; PyTorch's
// alpha is 1).
//
//	x, y: any equal shape
func (x *Tensor[T]) ELU(alpha T) *Tensor[T] { return x.elu("elu", 1, float64(alpha)) }

// SELU returns ELU with the scale and alpha that keep mean 0 and variance 1 from layer to layer (arXiv:1706.02515).
//
//	x, y: any equal shape
func (x *Tensor[T]) SELU() *Tensor[T] { return x.elu("selu", seluScale, seluAlpha) }

func (x *Tensor[T]) elu(op string, scale, alpha float64) *Tensor[T] {
	y := x.Like()
	simd.ELU(y.data, scale, alpha, x.data)
	return y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		simd.ELUBackward(dx, beta, scale, alpha, dy, x.data)
	})
}
