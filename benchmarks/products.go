package benchmarks

import "fmt"

// Product is the shape of a matrix product: op(A) [M, K], op(B) [K, N].
type Product struct{ M, K, N int }

// String returns M x K x N.
func (p Product) String() string { return fmt.Sprintf("%dx%dx%d", p.M, p.K, p.N) }

// FLOPs counts its floating-point operations: two for each multiplication and addition.
func (p Product) FLOPs() float64 { return 2 * float64(p.M) * float64(p.K) * float64(p.N) }

// PerceptronFLOPs counts the floating-point operations of a perceptron's matrix products: in forward and, for a training step,
// those of the weights' gradients and of the gradients of all layers' inputs but the first.
func PerceptronFLOPs(batch int, widths []int, training bool) (flops float64) {
	for i, in := range widths[:len(widths)-1] {
		each := Product{batch, in, widths[i+1]}.FLOPs()
		flops += each
		if training {
			flops += float64(min(i, 1)+1) * each
		}
	}
	return flops
}

// Products are those that are measured: layers of the perceptron with batch 64 and 784, layers of two transformers (128 wide
// with 12 texts of 64 tokens, 384 wide with 8 of 256), squares that caches like, and squares that they do not.
var Products = []Product{
	{64, 784, 512}, {64, 512, 256}, {784, 64, 512},
	{768, 128, 384}, {768, 128, 512}, {768, 512, 128}, {2048, 384, 1536}, {2048, 1536, 384},
	{32, 32, 32}, {64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048},
	{127, 127, 127}, {255, 255, 255}, {1000, 1000, 1000},
}

// Transposes are the four ways in which two operands can be stored: A and B say which are transposed.
var Transposes = []struct {
	Name string
	A, B bool
}{{"NN", false, false}, {"NT", false, true}, {"TN", true, false}, {"TT", true, true}}
