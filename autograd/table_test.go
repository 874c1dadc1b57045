package autograd_test

import (
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
)

// row is one op at one place: the function, and the shapes of its inputs. Every exported op has at least one.
// Both gradient tables run every row: float64 against central differences, float32 against float64.
type row[T autograd.Float] struct {
	op     string // the method or function, as exported
	shapes [][]int
	at     func(v float64) float64 // maps standard normal values into the op's domain; nil leaves them
	f      func(x ...*autograd.Tensor[T]) *autograd.Tensor[T]
}

type tensor[T autograd.Float] = autograd.Tensor[T]

func shapes(s ...[]int) [][]int { return s }

// positive maps into (0.5, ∞), for logarithms, roots and divisors.
func positive(v float64) float64 { return v*v + 0.5 }

// clear of 0 by 0.05, for kinks there.
func awayFromZero(v float64) float64 {
	if v < 0 {
		return v - 0.05
	}
	return v + 0.05
}

func fixedRand() *rand.Rand { return rand.New(rand.NewPCG(11, 12)) }

// table joins the rows of all families; a family's rows stand in its own file.
func table[T autograd.Float]() (rows []row[T]) {
	rows = append(rows, arithmeticRows[T]()...)
	rows = append(rows, activationRows[T]()...)
	rows = append(rows, mathRows[T]()...)
	rows = append(rows, shapeRows[T]()...)
	rows = append(rows, reductionRows[T]()...)
	rows = append(rows, matmulRows[T]()...)
	rows = append(rows, layerRows[T]()...)
	rows = append(rows, lossRows[T]()...)
	rows = append(rows, convRows[T]()...)
	rows = append(rows, poolRows[T]()...)
	rows = append(rows, imageRows[T]()...)
	rows = append(rows, attentionRows[T]()...)
	rows = append(rows, recurrentRows[T]()...)
	rows = append(rows, gluRows[T]()...)
	return rows
}
