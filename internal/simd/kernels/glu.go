package kernels

import "github.com/heft-ml/heft/internal/vector"

func glu() []*vector.Kernel {
	return []*vector.Kernel{
		gatedUnit("swiGLU", "computes y = gate σ(gate) * up.", silu),
		gatedUnitBackward("swiGLUGateBackward", "computes dgate = dy * up * SiLU'(gate) + beta * dgate.", siluSlope),
		derivativeOfUp("swiGLUUpBackward", "computes dup = dy * gate σ(gate) + beta * dup.", silu),
		gatedUnit("geGLU", "computes y = gate Φ(gate) * up.", geluOf),
		gatedUnitBackward("geGLUGateBackward", "computes dgate = dy * up * GELU'(gate) + beta * dgate.", geluSlope),
		derivativeOfUp("geGLUUpBackward", "computes dup = dy * gate Φ(gate) + beta * dup.", geluOf),
	}
}

// gatedUnit is f(gate) * up.
func gatedUnit(name, doc string, f func(k *vector.Kernel, x vector.Value) vector.Value) *vector.Kernel {
	k := vector.New(name, doc)
	y, gate, up := k.Out("y"), k.In("gate").Load(), k.In("up").Load()
	y.Store(f(k, gate).Mul(up))
	return k
}

// gatedUnitBackward is the gradient of f(gate) * up with respect to the gate, from f's derivative.
func gatedUnitBackward(name, doc string, slope func(k *vector.Kernel, x vector.Value) vector.Value) *vector.Kernel {
	return vector.Gradient(name, doc, func(k *vector.Kernel) vector.Value {
		dy, gate, up := k.In("dy").Load(), k.In("gate").Load(), k.In("up").Load()
		return dy.Mul(up).Mul(slope(k, gate))
	})
}

// derivativeOfUp is the gradient of f(gate) * up with respect to up.
func derivativeOfUp(name, doc string, f func(k *vector.Kernel, x vector.Value) vector.Value) *vector.Kernel {
	return vector.Gradient(name, doc, func(k *vector.Kernel) vector.Value {
		dy, gate := k.In("dy").Load(), k.In("gate").Load()
		return dy.Mul(f(k, gate))
	})
}
