package lab

import (
	"math"

	"github.com/heft-ml/heft/nn"
)

// Alike is how alike pairs of inputs are after a module.
type Alike struct {
	Path, Type string
	Cosine     float64 // mean over the pairs of ⟨a,b⟩ / (|a||b|); NaN if one of a pair is 0 or not finite
	Distance   float64 // mean over the pairs of |a-b|² / (|a||b|)
}

// Correlation runs pairs of inputs through a model, in inference, and says how alike the two are after every module, in
// the order in which they return: the correlation coefficient c of mean-field theory (Poole et al. 2016,
// arXiv:1606.05340), which tends to 1 where a network forgets what told its inputs apart. Rows 2i and 2i+1 make a pair;
// an odd last row is left out.
//
//	x [n, ...]
func Correlation(s *nn.Store, m nn.Layer, x *nn.Tensor) (seen []Alike) {
	lookAtRows(s, m, x, func(m nn.Module, y *nn.Tensor) {
		a := Alike{Path: m.Path(), Type: typeOf(m)}
		a.Cosine, a.Distance = alike(y.Data(), x.Dim(0))
		seen = append(seen, a)
	})
	return seen
}

// alike returns the means over all pairs of rows.
func alike(values []float32, rows int) (cosine, distance float64) {
	width := len(values) / rows
	for i := 0; i+1 < rows; i += 2 {
		a, b := values[i*width:(i+1)*width], values[(i+1)*width:(i+2)*width]
		var aa, bb, ab, dd float64
		for k := range a {
			u, v := float64(a[k]), float64(b[k])
			aa += float64(u * u)
			bb += float64(v * v)
			ab += float64(u * v)
			dd += float64((u - v) * (u - v))
		}
		norms := math.Sqrt(aa) * math.Sqrt(bb)
		cosine += ab / norms
		distance += dd / norms
	}
	n := float64(rows / 2)
	return cosine / n, distance / n
}
