package autograd_test

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
)

// The gradient of (w x - 1)² with respect to w.
func Example() {
	tape := autograd.NewTape[float32](true)
	w := tape.Leaf("w", []float32{2}, nil, true)
	x := autograd.Scalar[float32](3)

	loss := w.Mul(x).AddScalar(-1).Pow(2)
	tape.Backward(loss, nil)

	fmt.Println("loss", loss.Item())
	fmt.Println("dloss/dw", w.TakeGrad())
	// Output:
	// loss 25
	// dloss/dw [30]
}

// swish returns x σ(βx) with β learnt (arXiv:1710.05941).  x, y: any equal shape; beta []
func swish[T autograd.Float](x, beta *autograd.Tensor[T]) *autograd.Tensor[T] {
	y := autograd.New(x.Shape(), x, beta)
	in, out, gate, b := x.Data(), y.Data(), y.Save(x.Len()), beta.Item()
	for i, v := range in {
		gate[i] = T(1 / (1 + math.Exp(-float64(b*v))))
		out[i] = v * gate[i]
	}
	return y.Record("swish", func(dy []T) {
		if x.WantsGrad() {
			dx := x.Grad()
			for i, g := range gate {
				dx[i] += dy[i] * (g + b*in[i]*g*(1-g))
			}
		}
		if beta.WantsGrad() {
			db := beta.Grad()
			for i, g := range gate {
				db[0] += dy[i] * in[i] * in[i] * g * (1 - g)
			}
		}
	})
}

// An op of your own is a function built from New, Save, Record and Grad, as swish is here:
//
//	func swish[T autograd.Float](x, beta *autograd.Tensor[T]) *autograd.Tensor[T] {
//		y := autograd.New(x.Shape(), x, beta)
//		in, out, gate, b := x.Data(), y.Data(), y.Save(x.Len()), beta.Item()
//		for i, v := range in {
//			gate[i] = T(1 / (1 + math.Exp(-float64(b*v))))
//			out[i] = v * gate[i]
//		}
//		return y.Record("swish", func(dy []T) {
//			if x.WantsGrad() {
//				dx := x.Grad()
//				for i, g := range gate {
//					dx[i] += dy[i] * (g + b*in[i]*g*(1-g))
//				}
//			}
//			if beta.WantsGrad() {
//				db := beta.Grad()
//				for i, g := range gate {
//					db[0] += dy[i] * in[i] * in[i] * g * (1 - g)
//				}
//			}
//		})
//	}
func Example_swish() {
	err := gradcheck.Check(func(x ...*gradcheck.Tensor) *gradcheck.Tensor { return swish(x[0], x[1]) },
		gradcheck.Normal(1, 5), gradcheck.Normal(2))
	fmt.Println("gradcheck:", err)

	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", []float32{-1, 0, 1}, []int{3}, true)
	beta := tape.Leaf("beta", []float32{1}, nil, true)
	y := swish(x, beta)
	tape.Backward(y.Sum(), nil)
	fmt.Printf("y %.3f\n", y.Data())
	fmt.Printf("dx %.3f\n", x.TakeGrad())
	fmt.Printf("dbeta %.3f\n", beta.TakeGrad())
	// Output:
	// gradcheck: <nil>
	// y [-0.269 0.000 0.731]
	// dx [0.072 0.500 0.928]
	// dbeta [0.393]
}

// A program that takes shapes from its user turns the panic of a mismatch into an error.
func ExampleCatch() {
	x := autograd.From(make([]float32, 6), 2, 3)
	err := autograd.Catch(func() { x.MatMul(x) })
	fmt.Println(err)
	// Output: autograd: matmul: [2 3] and [2 3]: the inner axes must be equal
}

// The rows of a Jacobian, one Backward each: Retain keeps the way back.
func ExampleTape_Backward() {
	tape := autograd.NewTape[float32](true)
	tape.Retain = true
	x := tape.Leaf("x", []float32{1, 2}, []int{2}, true)
	y := x.Mul(x.Sum())
	for _, seed := range [][]float32{{1, 0}, {0, 1}} {
		tape.Backward(y, seed)
		fmt.Println(x.TakeGrad())
	}
	// Output:
	// [4 1]
	// [2 5]
}

// Attention scores of two heads: no transposed copy of the keys is made.
func ExampleTensor_MatMul() {
	q := autograd.From([]float32{1, 0, 0, 1, 1, 1, 2, 2}, 2, 2, 2)
	k := autograd.From([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)
	scores := q.MatMul(k, autograd.TransB())
	fmt.Println(scores.Shape(), scores.Data())
	// Output: [2 2 2] [1 3 2 4 11 15 22 30]
}
