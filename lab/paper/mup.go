package paper

import initializer "github.com/heft-ml/heft/init"

// mupSource is the paper behind all that is measured of it.
const mupSource = "Yang, Hu, Babuschkin, Sidor, Liu, Farhi, Ryder, Pachocki, Chen, Gao 2022, Tensor Programs V: Tuning large neural networks via zero-shot hyperparameter transfer, arXiv:2203.03466"

const (
	mupName = "muP"
	mupBase = 64 // the width at which it is the standard parametrization
)

// parametrizations are the two that the paper compares: they differ at every width but the base. The standard one is what
// the other would be if each width were its base.
var parametrizations = []struct {
	name string
	base func(width int) int
}{
	{"standard", func(width int) int { return width }},
	{mupName, func(int) int { return mupBase }},
}

// parametrized is the start of a network whose head begins at 0, and whose queries do, as the authors recommend.
func parametrized(base int) initializer.Scheme {
	return initializer.MuP(base, initializer.For("relu"), initializer.ZeroHead(), initializer.ZeroQueries())
}
