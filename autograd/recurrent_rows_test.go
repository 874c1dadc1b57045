package autograd_test

import "github.com/heft-ml/heft/autograd"

// recurrence makes a Recurrence of a row's inputs after the first, as many as there are.
func recurrence[T autograd.Float](x []*tensor[T]) autograd.Recurrence[T] {
	r := autograd.Recurrence[T]{WeightIH: x[1], WeightHH: x[2]}
	for i, to := range []**tensor[T]{&r.BiasIH, &r.BiasHH, &r.H0, &r.C0} {
		if len(x) > i+3 {
			*to = x[i+3]
		}
	}
	return r
}

func reversed[T autograd.Float](r autograd.Recurrence[T]) autograd.Recurrence[T] {
	r.Reverse = true
	return r
}

// lstmAndCell is an LSTM whose cell at the end is one more step.
func lstmAndCell[T autograd.Float](x *tensor[T], r autograd.Recurrence[T]) *tensor[T] {
	y, cn := x.LSTM(r)
	return autograd.Concat(0, y, cn.Unsqueeze(0))
}

// recurrentShapes are t steps of n rows, in features to h, with so many gates.
func recurrentShapes(t, n, in, h, gates int) [][]int {
	return shapes([]int{t, n, in}, []int{gates * h, in}, []int{gates * h, h}, []int{gates * h}, []int{gates * h}, []int{n, h})
}

func recurrentRows[T autograd.Float]() (rows []row[T]) {
	type run func(x *tensor[T], r autograd.Recurrence[T]) *tensor[T]
	for _, op := range []struct {
		name  string
		gates int
		run   run
	}{
		{"RNNTanh", 1, (*tensor[T]).RNNTanh},
		{"RNNReLU", 1, (*tensor[T]).RNNReLU},
		{"GRU", 3, (*tensor[T]).GRU},
		{"LSTM", 4, lstmAndCell[T]},
	} {
		all := func(x ...*tensor[T]) *tensor[T] { return op.run(x[0], recurrence(x)) }
		back := func(x ...*tensor[T]) *tensor[T] { return op.run(x[0], reversed(recurrence(x))) }
		full, long := recurrentShapes(3, 2, 5, 3, op.gates), recurrentShapes(9, 3, 2, 5, op.gates)
		rows = append(rows,
			row[T]{op: op.name, shapes: full, f: all},
			row[T]{op: op.name, shapes: full, f: back},
			row[T]{op: op.name, shapes: long, f: all}, // prepared weights
			row[T]{op: op.name, shapes: long, f: back},
			row[T]{op: op.name, shapes: full[:3], f: all},
			row[T]{op: op.name, shapes: full[:3], f: back},
			row[T]{op: op.name, shapes: full[:4], f: all},
			row[T]{op: op.name, shapes: recurrentShapes(1, 3, 2, 4, op.gates), f: all},
			row[T]{op: op.name, shapes: recurrentShapes(1, 3, 2, 4, op.gates)[:3], f: back},
		)
	}
	lstm := func(cellOnly bool) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] {
			y, cn := x[0].LSTM(recurrence(x))
			if cellOnly {
				return cn
			}
			return y
		}
	}
	withCell := append(recurrentShapes(9, 2, 3, 17, 4), []int{2, 17})
	return append(rows,
		row[T]{op: "LSTM", shapes: withCell, f: lstm(false)},
		row[T]{op: "LSTM", shapes: withCell, f: lstm(true)},
		row[T]{op: "LSTM", shapes: withCell, f: func(x ...*tensor[T]) *tensor[T] {
			y, cn := x[0].LSTM(reversed(recurrence(x)))
			return y.Sum(0).Mul(cn)
		}},
	)
}
