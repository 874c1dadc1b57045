package optim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestATrainingThatIsTakenUpAgainGivesTheSameBits(t *testing.T) {
	t.Parallel()
	schedule := optim.Scheduled(optim.Cosine(20, 0.1))
	for _, o := range everyOptimizer(0.01) {
		whole := newStore()
		want := walk(whole, o.make(whole, schedule), 0, 20, nil)

		first := newStore()
		opt := o.make(first, schedule)
		walk(first, opt, 0, 12, nil)
		values, state := first.Tensors(), opt.State()
		walk(first, opt, 12, 15, nil) // what was taken is a copy: this changes nothing in it

		second := newStore()
		again := o.make(second, schedule)
		_, err := second.Load(func(yield func(dtype.Tensor, error) bool) {
			for _, v := range values {
				if !yield(v, nil) {
					return
				}
			}
		})
		require.NoError(t, err)
		slices.Reverse(state.Tensors) // files have an order of their own
		require.NoError(t, again.Restore(state), o.name)
		second.Resume(12)
		assert.Equal(t, want, walk(second, again, 12, 20, nil), o.name)
	}
}

func TestStateHasPyTorchsNames(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"SGD": "", "SGD with Nesterov": "momentum_buffer", "Adam": "exp_avg exp_avg_sq", "AdamW": "exp_avg exp_avg_sq", "RMSprop": "square_avg",
		"centered RMSprop with momentum": "square_avg grad_avg momentum_buffer", "NAdam": "exp_avg exp_avg_sq", "Lion": "exp_avg", "Muon": "momentum_buffer",
	}
	for _, o := range everyOptimizer(0.01) {
		s := newStore()
		opt := o.make(s)
		assert.Empty(t, opt.State().Tensors, "nothing to remember yet")
		p := nn.NewPass(s, nn.Training)
		opt.Step(p.Backward(p.Of(s.Param("weight")).Sum()))
		state := opt.State()
		var slots []string
		for _, m := range state.Tensors {
			slot, ok := strings.CutPrefix(m.Name, "weight.")
			assert.True(t, ok, "%s: only the weight has moved, not %s", o.name, m.Name)
			assert.Equal(t, []int{2, 2}, m.Shape)
			slots = append(slots, slot)
		}
		assert.ElementsMatch(t, strings.Fields(want[o.name]), slots, o.name)
		assert.Equal(t, map[string]int{"weight": 1, "bias": 0, "scale": 0, "embedding": 0, "buffer": 0}, state.Steps)
	}
}

func TestStateOfAnotherModelOrOptimizerIsRefused(t *testing.T) {
	t.Parallel()
	adam := func() (*nn.Store, optim.Optimizer) {
		s := newStore()
		opt := optim.NewAdam(s, 0.01)
		walk(s, opt, 0, 2, nil)
		return s, opt
	}
	_, taken := adam()
	for name, c := range map[string]struct {
		spoil func(s *optim.State)
		want  string
	}{
		"no steps": {func(s *optim.State) { s.Steps = nil },
			`the optimizer's state counts 0 steps for parameter "weight": it is of another model`},
		"negative steps": {func(s *optim.State) { s.Steps["bias"] = -1 },
			`the optimizer's state counts -1 steps for parameter "bias": it is of another model`},
		"a parameter more": {func(s *optim.State) { s.Steps["late"] = 1 },
			"the optimizer's state is of 6 parameters, but the model has 5"},
		"a tensor less": {func(s *optim.State) { s.Tensors = s.Tensors[1:] },
			`the optimizer's state lacks "weight.exp_avg" of shape [2 2]: it is of another model or optimizer`},
		"a tensor more": {func(s *optim.State) { s.Tensors[0].Name = "x\n"; s.Steps["weight"] = 0 },
			`the optimizer's state has "x\n", which this optimizer does not keep`},
		"a tensor twice": {func(s *optim.State) { s.Tensors = append(s.Tensors, s.Tensors[1]) },
			`the optimizer's state has two tensors "weight.exp_avg_sq"`},
		"another shape": {func(s *optim.State) { s.Tensors[1].Shape = []int{4} },
			`the optimizer's state lacks "weight.exp_avg_sq" of shape [2 2]: it is of another model or optimizer`},
		"another format": {func(s *optim.State) { s.Tensors[0].DType, s.Tensors[0].Data = dtype.I32, make([]byte, 16) }, "weight.exp_avg"},
		"another optimizer": {func(s *optim.State) {
			other := newStore()
			sgd := optim.NewSGD(other, 0.1, optim.Momentum(0.9))
			walk(other, sgd, 0, 2, nil)
			*s = sgd.State()
		}, `the optimizer's state lacks "weight.exp_avg" of shape [2 2]: it is of another model or optimizer`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := taken.State()
			c.spoil(&state)
			s, opt := adam()
			want := opt.State()
			err := opt.Restore(state)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "\n")
			assert.Equal(t, want, opt.State(), "the optimizer is as it was")
			assert.Equal(t, 2, s.Step())
		})
	}
}
