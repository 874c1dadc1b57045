package kernels

import "github.com/heft-ml/heft/internal/vector"

func compare() []*vector.Kernel {
	return []*vector.Kernel{
		comparison("greater", "computes dst = a > b.", vector.Value.Greater),
		comparison("greaterEqual", "computes dst = a >= b.", vector.Value.GreaterEqual),
		comparison("equal", "computes dst = a == b.", vector.Value.Equal),
		property("isNaN", "computes whether x is NaN.", vector.Value.IsNaN),
		property("isFinite", "computes whether x is neither NaN nor infinite.", func(x vector.Value) vector.Mask {
			rest := x.Sub(x) // NaN for both
			return rest.Equal(rest)
		}),
		where(),
		vector.Gradient("whereBackward", "computes dx = dy where mask equals side, else 0, plus beta * dx.", func(k *vector.Kernel) vector.Value {
			dy, mask := k.In("dy").Load(), k.Stream("mask", vector.Bool).Load()
			return mask.EqualInt(k.Word("side")).Select(dy, k.Float(0))
		}),
		clamp(),
		vector.Gradient("clampBackward", "computes dx = dy, or 0 where x is on an end of [lo, hi] or outside, plus beta * dx.", func(k *vector.Kernel) vector.Value {
			dy, x := k.In("dy").Load(), k.In("x").Load()
			out := x.LessEqual(k.Scalar("low")).Or(x.GreaterEqual(k.Scalar("high")))
			return out.Select(k.Float(0), dy)
		}),
	}
}

// comparison is a mask of two streams.
func comparison(name, doc string, op func(a, b vector.Value) vector.Mask) *vector.Kernel {
	k := vector.New(name, doc)
	dst, a, b := k.Stream("dst", vector.Bool), k.In("a").Load(), k.In("b").Load()
	dst.Store(op(a, b).Select(k.Bits(1), k.Bits(0)))
	return k
}

// property is a mask of one stream.
func property(name, doc string, op func(x vector.Value) vector.Mask) *vector.Kernel {
	k := vector.New(name, doc)
	dst, x := k.Stream("dst", vector.Bool), k.In("x").Load()
	dst.Store(op(x).Select(k.Bits(1), k.Bits(0)))
	return k
}

func where() *vector.Kernel {
	k := vector.New("where", "computes y = x where mask is true, else z.")
	y, mask, x, z := k.Out("y"), k.Stream("mask", vector.Bool).Load(), k.In("x").Load(), k.In("z").Load()
	y.Store(mask.EqualInt(k.Bits(0)).Select(z, x))
	return k
}

func clamp() *vector.Kernel {
	k := vector.New("clamp", "computes y = x moved into [lo, hi], lo <= hi. NaN stays NaN.")
	y, x := k.Out("y"), k.In("x").Load()
	lo, hi := k.Scalar("low"), k.Scalar("high")
	y.Store(hi.Min(lo.Max(x))) // both take their second operand where one is NaN
	return k
}
