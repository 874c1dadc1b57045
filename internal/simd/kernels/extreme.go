package kernels

import "github.com/heft-ml/heft/internal/vector"

func extreme() []*vector.Kernel {
	top := func(s vector.Shape) *vector.Kernel {
		k := s.New("extreme"+s.String(), "finds the largest sign * x of every line; nan is 1 if one is NaN, and then top is any.")
		x := k.In("x").Load().Mul(k.Scalar("sign"))
		k.Largest("top", x)
		k.Largest("nan", x.IsNaN().Select(k.Float(1), k.Float(0)))
		return k
	}
	ties := func(s vector.Shape) *vector.Kernel {
		k := s.New("ties"+s.String(), "counts how often x = y in every line.")
		same := k.In("x").Load().Equal(k.Line("y"))
		k.Sum("count", same.Select(k.Float(1), k.Float(0)))
		return k
	}
	backward := func(s vector.Shape) *vector.Kernel {
		doc := "computes dx = share where x = y, else 0, plus beta * dx. Where y is NaN, dx is NaN."
		return s.Gradient("extremeBackward"+s.String(), doc, func(k *vector.Kernel) vector.Value {
			x, y, share := k.In("x").Load(), k.Line("y"), k.Line("share")
			elsewhere := y.IsNaN().Select(y, k.Float(0))
			return x.Equal(y).Select(share, elsewhere)
		})
	}
	return append(forms(top, ties, backward), find())
}

// find takes the largest of the negated places, which float32 holds below 2^24.
func find() *vector.Kernel {
	k := vector.Rows.New("findRows", "finds where x = y stands first in every row: place is the negative of that, or -Inf.")
	same := k.In("x").Load().Equal(k.Row("y"))
	k.Largest("place", same.Select(k.Index().FromInt().Neg(), k.Bits(0xff800000)))
	return k
}
