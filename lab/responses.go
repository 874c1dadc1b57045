package lab

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/heft-ml/heft/nn"
)

// Response is what a module returned for a batch.
type Response struct {
	Path, Type string
	Values     []float32 // of one sample after another.  [n, ...]
}

// Responses runs a batch through a model, in inference, and returns what every module returned, in the order in which they
// did; modules that return something else than a row for each sample are left out.
//
//	x [n, ...]
func Responses(s *nn.Store, m nn.Layer, x *nn.Tensor) (heard []Response) {
	lookAtRows(s, m, x, func(m nn.Module, y *nn.Tensor) {
		heard = append(heard, Response{m.Path(), typeOf(m), slices.Clone(y.Data())})
	})
	return heard
}

// LinearCKA returns how alike two representations of the same samples are (linear centered kernel alignment, Kornblith et
// al. 2019, arXiv:1905.00414, equation 4): 1 if one is a rotation of the other times a number, 0 if what tells samples apart in
// the one does not in the other. With the columns of a and b centered, it is
//
//	|bᵀa|² / (|aᵀa| |bᵀb|)      Frobenius norms
//
// NaN if one of them is the same for all samples, or not finite.
//
//	a [rows, ...], b [rows, ...]
func LinearCKA(a, b []float32, rows int) float64 {
	k, l := kernel(a, rows), kernel(b, rows)
	var kl, kk, ll float64
	for i := range rows {
		for j := range rows {
			x, y := k.At(i, j), l.At(i, j)
			kl += float64(x * y)
			kk += float64(x * x)
			ll += float64(y * y)
		}
	}
	if kk == 0 || ll == 0 {
		return math.NaN()
	}
	return math.Min(1, kl/(math.Sqrt(kk)*math.Sqrt(ll))) // which rounding may put above
}

// kernel returns x xᵀ of centered columns, with which |bᵀa|² is the sum of the products of the elements of two kernels.
func kernel(values []float32, rows int) *mat.SymDense {
	x := dense(values, rows)
	_, columns := x.Dims()
	column := make([]float64, rows)
	for j := range columns {
		mat.Col(column, j, x)
		mean := stat.Mean(column, nil)
		for i := range column {
			column[i] -= mean
		}
		x.SetCol(j, column)
	}
	k := mat.NewSymDense(rows, nil)
	k.SymOuterK(1, x)
	return k
}
