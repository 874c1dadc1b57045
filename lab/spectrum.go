package lab

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/nn"
)

// Decomposable tells whether a matrix is small enough for its singular values to be looked at: they take minutes of a larger
// one, and nothing stops them.
func Decomposable(rows, columns int) bool {
	const longest, most = 2048, 1 << 21 // of the shorter side, and of numbers
	return min(rows, columns) <= longest && rows <= most/max(columns, 1)
}

// SingularValues returns the singular values of a matrix, the largest first; nil if a number in it is not finite. Those
// that float32 numbers cannot tell from 0, at most 2⁻²⁴ of the largest times the longer side, are 0.
func SingularValues(m mat.Matrix) []float64 {
	rows, columns := m.Dims()
	for i := range rows {
		for j := range columns {
			if v := m.At(i, j); v-v != 0 {
				return nil
			}
		}
	}
	var svd mat.SVD
	if rows == 0 || columns == 0 || !svd.Factorize(m, mat.SVDNone) {
		return nil
	}
	values := svd.Values(nil)
	floor := values[0] * float64(max(rows, columns)) * 0x1p-24
	for i, v := range values {
		if v <= floor {
			values[i] = 0
		}
	}
	return values
}

// Matrix returns a copy of a weight as a matrix: its first axis makes the rows, all others the columns.
func Matrix(w *nn.Param) *mat.Dense { return dense(w.Data, w.Shape[0]) }

// dense copies values to a matrix of so many rows; without values it is the empty matrix.
func dense(values []float32, rows int) *mat.Dense {
	if len(values) == 0 {
		return &mat.Dense{}
	}
	m := make([]float64, len(values))
	for i, v := range values {
		m[i] = float64(v)
	}
	return mat.NewDense(rows, len(m)/rows, m)
}

// MarchenkoPastur is how the singular values of a large matrix of independent numbers of mean 0 are distributed
// (Marchenko and Pastur 1967): whatever else is seen, training or a scheme put there.
type MarchenkoPastur struct {
	Lo, Hi float64 // no singular value lies outside

	long, ratio, variance float64
}

// NewMarchenkoPastur returns the distribution for a matrix of rows and columns whose elements have the standard
// deviation std. With the longer side N, the shorter M and β = M/N, a singular value s is sqrt(N λ), where λ has the
// density
//
//	sqrt((λ₊ - λ)(λ - λ₋)) / (2π σ² β λ)    λ± = σ² (1 ± √β)²
func NewMarchenkoPastur(rows, columns int, std float64) MarchenkoPastur {
	long, short := float64(max(rows, columns)), float64(min(rows, columns))
	d := MarchenkoPastur{long: long, ratio: short / long, variance: std * std}
	d.Lo = std * math.Sqrt(long) * (1 - math.Sqrt(d.ratio))
	d.Hi = std * math.Sqrt(long) * (1 + math.Sqrt(d.ratio))
	return d
}

// Density returns the density at a singular value s; it is 0 outside of Lo to Hi.
func (d MarchenkoPastur) Density(s float64) float64 {
	if s <= d.Lo || s >= d.Hi || s == 0 {
		return 0
	}
	// λ = s²/N, so dλ/ds = 2s/N, and the two cancel λ but for 2/s.
	lambda := s * s / d.long
	lo, hi := d.Lo*d.Lo/d.long, d.Hi*d.Hi/d.long
	return math.Sqrt((hi-lambda)*(lambda-lo)) / (math.Pi * d.variance * d.ratio * s)
}
