package kernels

import "github.com/heft-ml/heft/internal/vector"

func crossEntropy() []*vector.Kernel {
	doc := "computes dx = dy (p - even) + beta * dx, with 1 - smoothing off at the label, and nothing where that is ignore."
	return []*vector.Kernel{vector.Rows.Gradient("crossEntropyBackward", doc, func(k *vector.Kernel) vector.Value {
		x, top, others, dy, label := k.In("x").Load(), k.Row("top"), k.Row("others"), k.Row("dy"), k.RowWord("label")
		even, smoothing, ignore := k.Scalar("even"), k.Scalar("smoothing"), k.Word("ignore")
		zero, one := k.Float(0), k.Float(1)

		scale := one.Div(one.Add(others))
		d := x.Sub(top)
		e, _ := expDown(k, d)
		p := e.Mul(scale)
		// Where p is near 1, which only the top's is, p - 1 is what the others have.
		less := d.Equal(zero).Select(others.Mul(scale).Neg(), p.Sub(one)).Add(smoothing.Sub(even))
		v := k.Index().EqualInt(label).Select(less, p.Sub(even)).Mul(dy)
		return label.EqualInt(ignore).Select(zero, v)
	})}
}
