package initializer

import (
	"math"
	"math/rand/v2"
)

var _ = register(entry{
	family: familyDrawn, name: "sparse", about: "a share SPARSITY of each column 0, the rest N(0, STD²)", numbers: []float64{0.9, 0.01},
	scheme: func(n []float64, _ []Option) Scheme { return Sparse(n[0], n[1]) },
})

// Sparse draws weights from N(0, std²) and sets ceil(sparsity rows) of every column to 0, chosen at random: what an input
// feeds is a few units (torch.nn.init.sparse_, whose std is 0.01). The first axis counts the rows, all others together
// the columns. Units then differ from one another however wide the layer before is, without saturating (Martens 2010,
// "Deep learning via Hessian-free optimization", who leaves 15 inputs to each unit, that is, 15 numbers to each
// row).
func Sparse(sparsity, std float64) Scheme {
	if !(sparsity >= 0 && sparsity <= 1) || !(std >= 0) || math.IsInf(std, 0) {
		misuse("sparse needs a sparsity from 0 to 1 and a finite std of 0 or more, not %v and %v", sparsity, std)
	}
	return rule{settings{}.text("sparse", sparsity, std), func(p *Param, r *rand.Rand, dst []float32) {
		if len(dst) == 0 {
			return
		}
		p.needTwoAxes()
		fillNormal(dst, r, 0, std)
		rows := p.Shape[0]
		cols := len(dst) / rows
		zeros := int(math.Ceil(sparsity * float64(rows)))
		order := make([]int, rows)
		for i := range order {
			order[i] = i
		}
		for j := range cols {
			for i := range zeros { // the first of a shuffle
				k := i + r.IntN(rows-i)
				order[i], order[k] = order[k], order[i]
				dst[order[i]*cols+j] = 0
			}
		}
	}}.lawfully(func(p *Param) Law {
		rows := float64(p.Shape[0])
		kept := 1 - math.Ceil(sparsity*rows)/rows
		if kept == 0 {
			return Law{}
		}
		return Law{Variance: kept * std * std, Kurtosis: 3/kept - 3}
	})
}
