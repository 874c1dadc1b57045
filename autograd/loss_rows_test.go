package autograd_test

import "github.com/heft-ml/heft/autograd"

func lossRows[T autograd.Float]() []row[T] {
	labels := autograd.LabelsOf([]int32{0, 4, 2, 2, 1, 3}, 2, 3)
	crossEntropy := func(opts ...autograd.LossOption) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].CrossEntropy(labels, opts...) }
	}
	bce := func(opts ...autograd.LossOption) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].BCEWithLogits(x[1], opts...) }
	}
	logits, pair := shapes([]int{2, 3, 5}), shapes([]int{3, 5}, []int{3, 5})
	rows := []row[T]{
		{op: "CrossEntropy", shapes: shapes([]int{5}), f: func(x ...*tensor[T]) *tensor[T] {
			return x[0].CrossEntropy(autograd.Labels{Data: []int32{3}})
		}},
		{op: "CrossEntropy", shapes: shapes([]int{1, 67}), f: func(x ...*tensor[T]) *tensor[T] {
			return x[0].CrossEntropy(autograd.LabelsOf([]int32{66}))
		}},
		{op: "BCEWithLogits", shapes: shapes([]int{}, []int{}), f: bce()},
		{op: "KLDiv", shapes: pair, at: positive, f: func(x ...*tensor[T]) *tensor[T] {
			return x[0].KLDiv(x[1], autograd.Reduction(autograd.ReduceBatchMean))
		}},
		{op: "MSE", shapes: shapes([]int{7}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].MSE(x[0].Mul(x[0])) }},
	}
	for _, r := range []autograd.Reduce{autograd.ReduceMean, autograd.ReduceSum, autograd.ReduceNone} {
		reduction := autograd.Reduction(r)
		rows = append(rows,
			row[T]{op: "CrossEntropy", shapes: logits, f: crossEntropy(reduction)},
			row[T]{op: "CrossEntropy", shapes: logits, f: crossEntropy(reduction, autograd.LabelSmoothing(0.2))},
			row[T]{op: "CrossEntropy", shapes: logits, f: crossEntropy(reduction, autograd.IgnoreIndex(2))},
			row[T]{op: "CrossEntropy", shapes: logits, f: crossEntropy(reduction, autograd.IgnoreIndex(2), autograd.LabelSmoothing(0.2))},
			row[T]{op: "BCEWithLogits", shapes: pair, f: bce(reduction)},
			row[T]{op: "BCEWithLogits", shapes: pair, f: bce(reduction, autograd.PosWeight(2.5))},
			row[T]{op: "BCEWithLogits", shapes: pair, f: bce(reduction, autograd.PosWeight(0, 0.5, 1, 2, 4))},
			row[T]{op: "NLL", shapes: logits, f: func(x ...*tensor[T]) *tensor[T] { return x[0].NLL(labels, reduction) }},
			row[T]{op: "NLL", shapes: logits, f: func(x ...*tensor[T]) *tensor[T] {
				return x[0].NLL(labels, reduction, autograd.IgnoreIndex(2))
			}},
			row[T]{op: "KLDiv", shapes: pair, at: positive, f: func(x ...*tensor[T]) *tensor[T] { return x[0].KLDiv(x[1], reduction) }},
			row[T]{op: "KLDiv", shapes: pair, f: func(x ...*tensor[T]) *tensor[T] { return x[0].KLDiv(x[1], reduction, autograd.LogTarget()) }},
			row[T]{op: "MSE", shapes: pair, f: func(x ...*tensor[T]) *tensor[T] { return x[0].MSE(x[1], reduction) }},
			row[T]{op: "L1", shapes: pair, f: func(x ...*tensor[T]) *tensor[T] { return x[0].L1(x[1], reduction) }},
			row[T]{op: "Huber", shapes: pair, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Huber(x[1], 1, reduction) }},
			row[T]{op: "Huber", shapes: pair, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Huber(x[1], 0.3, reduction) }},
		)
	}
	return rows
}
