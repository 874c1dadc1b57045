package lab_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// promising is every scheme that promises the variance of a perceptron's weights, each in the scale that suits networks of
// a few layers.
var promising = []string{
	"xavier-normal", "xavier-uniform", "kaiming-normal", "kaiming-uniform", "lecun-normal", "lecun-uniform", "orthogonal",
	"kaiming-normal(fan=out)", "xavier-normal(truncate=2)", "normal(0,0.15)", "uniform(-0.2,0.2)",
	"truncated-normal(0,0.15,-0.2,0.2)", "gpt2(0.1)", "mup(32)", "pytorch-default", "sparse(0.5,0.15)",
}

func theory(t *testing.T, s lab.Theory) *lab.TheoryFindings {
	t.Helper()
	f, err := s.Run(context.Background(), 2, nil)
	require.NoError(t, err)
	return f
}

func fewNets(activation string, schemes ...string) lab.Theory {
	s := lab.DefaultTheory(activation)
	s.Setup.Depth, s.Setup.Width, s.Nets = 3, 32, 30
	if testmode.Long() {
		s.Setup.Depth, s.Setup.Width, s.Nets = 5, 48, 60
	}
	s.Cases = nil
	for _, scheme := range schemes {
		s.Cases = append(s.Cases, lab.Case{Name: scheme, Scheme: scheme})
	}
	return s
}

// TestMeasuredMomentsAgreeWithTheory holds every scheme to three standard errors, corrected for the number of comparisons,
// over 30 networks, or 100 of rectifiers, which are enough for some by theory; with -long over 60, deeper ones, and for every
// activation.
func TestMeasuredMomentsAgreeWithTheory(t *testing.T) {
	t.Parallel()
	activations := []string{"relu", "tanh", "gelu"}
	if testmode.Long() {
		activations = nn.ActivationNames()
	}
	for _, activation := range activations {
		t.Run(activation, func(t *testing.T) {
			t.Parallel()
			for schemes := range slices.Chunk(promising, 8) { // a comparison takes no more than 12
				s := fewNets(activation, schemes...)
				if activation == "relu" {
					s.Nets = 100
				}
				f := theory(t, s)
				for _, c := range f.Results {
					for l := range c.Activation {
						for what, x := range map[string]lab.Compared{"activation": c.Activation[l], "gradient": c.Gradient[l]} {
							assert.LessOrEqual(t, math.Abs(x.Deviation()), f.Tolerance, "%s, %s of layer %d: %+v", c.Name, what, l+1, x)
						}
					}
				}
				beyond, all := f.Beyond()
				few, _ := f.Undecided()
				assert.Zero(t, beyond)
				assert.Equal(t, 2*len(schemes)*f.Setup.Depth, all+few)
				if f.Nets > 30 {
					assert.Positive(t, all)
				}
			}
		})
	}
}

// TestEverySchemeThatPromisesAVarianceIsComparedWithTheory: one that is added stands in promising, too.
func TestEverySchemeThatPromisesAVarianceIsComparedWithTheory(t *testing.T) {
	t.Parallel()
	names, _ := initializer.Names()
	for _, name := range names {
		compared := slices.ContainsFunc(promising, func(s string) bool { return s == name || strings.HasPrefix(s, name+"(") })
		assert.Equal(t, lab.CanPredict(name), compared, name)
	}
}

// A prediction for another scheme than the one that was measured would be seen: theory is not right by being vague.
func TestTheoryTellsSchemesApart(t *testing.T) {
	t.Parallel()
	f := theory(t, fewNets("relu", "kaiming-normal", "xavier-normal"))
	kaiming, xavier := f.Results[0], f.Results[1]
	last := f.Setup.Depth - 1
	wrong := lab.Compared{Measured: xavier.Activation[last].Measured, Error: xavier.Activation[last].Error, Predicted: kaiming.Activation[last].Predicted}
	assert.Greater(t, math.Abs(wrong.Deviation()), f.Tolerance)
}

// With rectifiers the second moment is that of infinite width at any width, and changes by half of n times the variance of a
// weight in each layer (He et al. 2015, equation 7).
func TestRectifiersHaveNoFiniteWidthTerm(t *testing.T) {
	t.Parallel()
	f := theory(t, fewNets("relu", "kaiming-normal", "xavier-uniform", "orthogonal"))
	for i, ratio := range []float64{1, 0.5, 0.5} {
		c := f.Results[i]
		for l := 1; l < f.Setup.Depth; l++ {
			up, down := c.Activation[l], c.Gradient[l-1]
			assert.InEpsilon(t, up.Limit, up.Predicted, 1e-6, c.Name)
			assert.InEpsilon(t, down.Limit, down.Predicted, 1e-6, c.Name)
			assert.InEpsilon(t, ratio, up.Predicted/c.Activation[l-1].Predicted, 1e-6, c.Name)
			assert.InEpsilon(t, ratio, down.Predicted/c.Gradient[l].Predicted, 1e-6, c.Name)
		}
	}
}

// The term of 1/N is no decoration: it halves when the width doubles.
func TestFiniteWidthTermGoesByTheWidth(t *testing.T) {
	t.Parallel()
	term := func(width int) (up, down float64) {
		s := fewNets("tanh", "kaiming-normal(gain=1.5)")
		s.Setup.Width = width
		c := theory(t, s).Results[0]
		last := len(c.Activation) - 1
		return c.Activation[last].Predicted/c.Activation[last].Limit - 1, c.Gradient[0].Predicted/c.Gradient[0].Limit - 1
	}
	up, down := term(128)
	up2, down2 := term(256)
	assert.NotZero(t, up)
	assert.NotZero(t, down)
	assert.InEpsilon(t, 2, up/up2, 0.25)
	assert.InEpsilon(t, 2, down/down2, 0.25)
}

func TestTheoryDoesNotDependOnJobs(t *testing.T) {
	t.Parallel()
	s := fewNets("tanh", "xavier-normal", "orthogonal")
	one, err := s.Run(context.Background(), 1, nil)
	require.NoError(t, err)
	told := 0
	three, err := s.Run(context.Background(), 3, func(done, total int) {
		told++
		assert.Equal(t, told, done)
		assert.Equal(t, 2*s.Nets, total)
	})
	require.NoError(t, err)
	assert.Equal(t, one, three)
	assert.Equal(t, 2*s.Nets, told)
}

func TestTheoriesThatCannotBeNameTheirField(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(s *lab.Theory){
		"nets is 29":                       func(s *lab.Theory) { s.Nets = 29 },
		"depth is 0":                       func(s *lab.Theory) { s.Setup.Depth = 0 },
		"scheme ones promises no variance": func(s *lab.Theory) { s.Cases = []lab.Case{{Name: "ones", Scheme: "ones"}} },
		"scheme lsuv promises no variance": func(s *lab.Theory) { s.Cases = []lab.Case{{Name: "lsuv", Scheme: "lsuv"}} },
		"schemes are 0":                    func(s *lab.Theory) { s.Cases = nil },
	} {
		s := lab.DefaultTheory("tanh")
		change(&s)
		_, err := s.Run(context.Background(), 1, nil)
		require.ErrorContains(t, err, want)
	}
	s := lab.DefaultTheory("tanh")
	s.Cases = []lab.Case{{Name: "half", Scheme: "kaiming-normal; 2.weight=ones"}}
	_, err := s.Run(context.Background(), 1, nil)
	require.ErrorContains(t, err, "promises no variance of 2.weight")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = lab.DefaultTheory("relu").Run(ctx, 1, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheoryKnowsItsCommand(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "heft lab theory", lab.DefaultTheory("relu").Command())
	assert.Equal(t, "heft lab theory --activation tanh", lab.DefaultTheory("tanh").Command())
	s := fewNets("gelu", "orthogonal", "normal(0,0.1)")
	s.Nets, s.Setup.Depth, s.Setup.Width, s.Setup.Data, s.Setup.Seed = 50, 3, 20, "moons", 7
	assert.Equal(t, "heft lab theory --data moons --depth 3 --width 20 --activation gelu --schemes 'orthogonal,normal(0,0.1)' --seed 7 --nets 50", s.Command())
}
