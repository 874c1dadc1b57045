package autograd

// GELU returns x Φ(x), with Φ the normal distribution function (arXiv:1606.08415).  x, y: any equal shape
func (x *Tensor[T]) GELU() *Tensor[T] { return x.points("gelu", GELUPoints[T]()) }

// GELUTanh returns GELU's tanh form, the one of GPT-2: x/2 (1 + tanh(sqrt(2/π) (x + 0.044715 x³))) (arXiv:1606.08415).
//
//	x, y: any equal shape
func (x *Tensor[T]) GELUTanh() *Tensor[T] { return x.points("gelu_tanh", GELUTanhPoints[T]()) }
