package kernels

import "github.com/heft-ml/heft/internal/vector"

func reduce() []*vector.Kernel {
	sum := vector.New("sum", "sums x.")
	sum.Sum("total", sum.In("x").Load())

	squares := vector.New("sumSquares", "sums the squares of x.")
	x := squares.In("x").Load()
	squares.Dot("total", x, x)

	rows := vector.New("addRows", "adds four rows to dst, one after another.")
	dst := rows.Out("dst")
	total := dst.Load()
	for _, name := range []string{"a", "b", "c", "d"} {
		total = total.Add(rows.In(name).Load())
	}
	dst.Store(total)

	spread := func(s vector.Shape) *vector.Kernel {
		return s.Gradient("spread"+s.String(), "computes dx = v + beta * dx, with a v of every line.", func(k *vector.Kernel) vector.Value {
			return k.Line("v")
		})
	}
	return append([]*vector.Kernel{sum, squares, rows}, forms(spread)...)
}
