package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestEveryOptimizerFindsTheMinimumOfAQuadratic(t *testing.T) {
	t.Parallel()
	for _, o := range everyOptimizer(0.05) {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.Zeros())
			w := s.Root().Param(initializer.Param{Name: "w", Kind: initializer.Bias, Shape: []int{3}}) // a bias: it does not decay
			opt := o.make(s, optim.Scheduled(optim.Cosine(400, 0)))
			target, steep := autograd.From([]float32{1, -2, 0.5}, 3), autograd.From([]float32{1, 0.5, 2}, 3)
			p := nn.NewPass(s, nn.Training)
			for range 400 {
				p.Reset()
				d := p.Of(w).Sub(target)
				opt.Step(p.Backward(d.Mul(d).Mul(steep).Sum()))
			}
			assert.InDeltaSlice(t, target.Data(), w.Data, 0.01)
		})
	}
}

func TestEveryOptimizerLearnsExclusiveOr(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := autograd.LabelsOf([]int32{0, 1, 1, 0})
	for _, o := range everyOptimizer(0.1) {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.KaimingNormal())
			net := nn.NewMLP(s.Root(), 2, 16, 2)
			opt := o.make(s, optim.Scheduled(optim.Cosine(500, 0.1)))
			p := nn.NewPass(s, nn.Training)
			var loss float32
			for range 500 {
				p.Reset()
				l := net.Forward(p, p.Input(x)).CrossEntropy(y)
				loss = l.Item()
				opt.Step(p.Backward(l))
			}
			assert.Less(t, loss, float32(0.1))
			assert.Equal(t, 1.0, nn.Accuracy(s, net, x, y))
		})
	}
}
