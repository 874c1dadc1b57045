package autograd

import "github.com/heft-ml/heft/internal/simd"

// LogSumExp returns ln Σ eˣ over the given axes, which go; no axes means over everything. The largest x is taken out
// first, so that nothing overflows. It is -Inf, with NaN as gradient, where all x are -Inf (torch.logsumexp).
//
//	x [...], y [... without the axes]
func (x *Tensor[T]) LogSumExp(axes ...int) *Tensor[T] {
	x, outer, n, inner, rest := x.gathered("logsumexp", axes)
	y := New(rest, x)
	top, others := y.Save(len(y.data)), y.Save(len(y.data))
	simd.LogSumExp(y.data, top, others, x.data, outer, n, inner)
	return y.Record("logsumexp", func(dy []T) {
		dx, beta := x.GradTo()
		simd.LogSumExpBackward(dx, beta, dy, top, others, x.data, outer, n, inner)
	})
}
