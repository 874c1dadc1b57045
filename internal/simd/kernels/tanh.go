package kernels

import "github.com/heft-ml/heft/internal/vector"

func tanh() []*vector.Kernel {
	return []*vector.Kernel{
		unary("tanh", "computes y = tanh(x).", tanhOf),
		derivative("tanhBackward", "computes dx = dy * (1 - tanh²(x)) + beta * dx.", tanhSlope),
	}
}

// tanhOf returns (1-e)/(1+e) with e = e^-2|x|, and the sign of x, within 2.6 ulp.
func tanhOf(k *vector.Kernel, x vector.Value) vector.Value {
	m := minusAbs(k, x)
	e := expm1Down(k, m.Add(m))
	return e.Div(e.Add(k.Float(2))).CopySign(x)
}

// tanhSlope returns 4e/(1+e)² within 4.4 ulp: 1 - tanh² would be 0 once tanh rounds to 1.
func tanhSlope(k *vector.Kernel, x vector.Value) vector.Value {
	m := minusAbs(k, x)
	e, large := expDown(k, m.Add(m))
	d := e.Add(k.Float(1))
	return large.Mul(k.Float(4 * shrink)).Div(d.Mul(d))
}
