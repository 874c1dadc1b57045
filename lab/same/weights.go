package same

import (
	"context"
	"math"
	"slices"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// Param is one parameter in both networks. Index 0 is that of the first network, and 1 of the second.
type Param struct {
	Name       string
	Shape      []int
	Matrix     bool       // a weight of two axes or more
	Norm       [2]float64 // Euclidean
	Cosine     float64    // of the two as vectors; NaN where one is 0
	Difference float64    // norm of the difference, over the root of the product of both norms; NaN where one is 0
	Spectrum   [2][]float64
}

// compareParams compares every parameter, in the order of the first network.
func compareParams(ctx context.Context, a, b *nn.Store) (params []Param, err error) {
	for _, p := range a.Params() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q := b.Param(p.Name)
		one := Param{Name: p.Name, Shape: slices.Clone(p.Shape), Matrix: isMatrix(p)}
		var pp, qq, pq, dd float64
		for i, v := range p.Data {
			x, y := float64(v), float64(q.Data[i])
			pp += float64(x * x)
			qq += float64(y * y)
			pq += float64(x * y)
			dd += float64((x - y) * (x - y))
		}
		one.Norm = [2]float64{math.Sqrt(pp), math.Sqrt(qq)}
		both := math.Sqrt(pp) * math.Sqrt(qq)
		one.Cosine, one.Difference = pq/both, math.Sqrt(dd/both)
		if one.Matrix && lab.Decomposable(p.Shape[0], len(p.Data)/p.Shape[0]) {
			one.Spectrum = [2][]float64{lab.SingularValues(lab.Matrix(p)), lab.SingularValues(lab.Matrix(q))}
		}
		params = append(params, one)
	}
	return params, nil
}

func isMatrix(p *nn.Param) bool {
	return len(p.Shape) >= 2 && len(p.Data) > 0 && p.Kind != initializer.Buffer
}

// Matrices returns the weights of two axes or more that are not 0 in either network, nor anything that is not finite.
func (f *Findings) Matrices() (matrices []Param) {
	for _, p := range f.Params {
		if p.Matrix && p.Cosine-p.Cosine == 0 {
			matrices = append(matrices, p)
		}
	}
	return matrices
}

// Layer is the path of the module that owns the parameter.
func (p Param) Layer() string { return layerOf(p.Name) }
