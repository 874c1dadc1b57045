package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

func convert() []*vector.Kernel {
	return []*vector.Kernel{
		toF16(), fromF16(), toBF16(), fromBF16(), countMagnitudes(), clampMagnitudes(),
	}
}

func toF16() *vector.Kernel {
	k := vector.New("toF16", "rounds src to float16, to nearest even. A NaN stays one, with its upper bits.")
	dst, src := k.Stream("dst", vector.Half), k.In("src").Load()
	dst.Store(src)
	return k
}

func fromF16() *vector.Kernel {
	k := vector.New("fromF16", "makes float32 of float16, exactly.")
	dst, src := k.Out("dst"), k.Stream("src", vector.Half).Load()
	dst.Store(src)
	return k
}

// toBF16 keeps the upper half of a float32, and adds just less than half a unit before: half a unit if the last bit
// that stays is odd.
func toBF16() *vector.Kernel {
	k := vector.New("toBF16", "rounds src to bfloat16, to nearest even. A NaN stays one, with its upper bits.")
	dst, src := k.Stream("dst", vector.Word16), k.In("src").Load()
	const quiet = 1 << 22
	odd := src.ShiftRight(16).And(k.Bits(1))
	rounded := src.AddInt(k.Bits(0x7fff)).AddInt(odd)
	dst.Store(src.IsNaN().Select(src.Or(k.Bits(quiet)), rounded).ShiftRight(16))
	return k
}

func fromBF16() *vector.Kernel {
	k := vector.New("fromBF16", "makes float32 of bfloat16, exactly.")
	dst, src := k.Out("dst"), k.Stream("src", vector.Word16).Load()
	dst.Store(src.ShiftLeft(16))
	return k
}

// finiteAbove tells whether |x|, of bits magnitude, is finite and above limit. Positive float32 compare as their bits do.
func finiteAbove(k *vector.Kernel, magnitude, limit vector.Value) vector.Mask {
	return magnitude.GreaterInt(limit).And(k.Float(math.Inf(1)).GreaterInt(magnitude))
}

func countMagnitudes() *vector.Kernel {
	k := vector.New("countMagnitudes", "counts the finite elements of x with |x| > limit.")
	x, limit := k.In("x").Load(), k.Scalar("limit")
	k.Sum("count", finiteAbove(k, x.Abs(), limit).Select(k.Float(1), k.Float(0)))
	return k
}

func clampMagnitudes() *vector.Kernel {
	k := vector.New("clampMagnitudes", "replaces the finite elements of x with |x| > limit by limit, with their sign.")
	x, limit := k.In("x"), k.Scalar("limit")
	v := x.Load()
	x.Store(finiteAbove(k, v.Abs(), limit).Select(limit.CopySign(v), v))
	return k
}
