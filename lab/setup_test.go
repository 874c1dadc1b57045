package lab_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestSetupsThatCannotBeNameTheirField(t *testing.T) {
	t.Parallel()
	require.NoError(t, lab.Default().Check())
	for want, change := range map[string]func(s *lab.Setup){
		`data is "banana"`:      func(s *lab.Setup) { s.Data = "banana" },
		"depth is 0":            func(s *lab.Setup) { s.Depth = 0 },
		"depth is 1001":         func(s *lab.Setup) { s.Depth = 1001 },
		"width is -3":           func(s *lab.Setup) { s.Width = -3 },
		"width is 65536":        func(s *lab.Setup) { s.Width, s.Depth = 65536, 1000 },
		"batch is 0":            func(s *lab.Setup) { s.Batch = 0 },
		"steps is -1":           func(s *lab.Setup) { s.Steps = -1 },
		"activation":            func(s *lab.Setup) { s.Activation = "swoosh" },
		"scheme":                func(s *lab.Setup) { s.Scheme = "he" },
		`optimizer is "newton"`: func(s *lab.Setup) { s.Optimizer = "newton" },
		"lr is 0":               func(s *lab.Setup) { s.LR = 0 },
		"lr is NaN":             func(s *lab.Setup) { s.LR = math.NaN() },
		"momentum is 1":         func(s *lab.Setup) { s.Momentum = 1 },
	} {
		s := lab.Default()
		change(&s)
		err := s.Check()
		require.ErrorContains(t, err, want)
		_, err = lab.New(s)
		require.ErrorContains(t, err, want)
	}
}

func TestMomentumOfAnOptimizerWithoutIsRefused(t *testing.T) {
	t.Parallel()
	s := lab.Default()
	s.Optimizer, s.Momentum = "adamw", 0.5
	_, err := lab.New(s)
	require.EqualError(t, err, "momentum is 0.5, but adamw takes none: use sgd, rmsprop or muon, or no momentum")
	for _, name := range optim.OptimizerNames() {
		s.Optimizer = name
		store := nn.NewStore(1, initializer.Zeros())
		_, refused := optim.New(name, store, s.LR, optim.Momentum(0.5))
		assert.Equal(t, refused == nil, s.Check() == nil, name)
	}
}

func TestRulesThatFitNoParameterAreRefused(t *testing.T) {
	t.Parallel()
	s := lab.Default()
	s.Depth, s.Scheme = 3, "kaiming-normal; 8.*=zeros"
	const want = `init "kaiming-normal; 8.*=zeros": the pattern "8.*" fits no parameter of a network of depth 3, which has ` +
		"0.weight, 0.bias, 2.weight, 2.bias, 4.weight, 4.bias, ..."
	require.ErrorContains(t, s.Check(), want)
	_, err := lab.Study{Setup: s, Cases: []lab.Case{{Name: "x", Scheme: s.Scheme}}, Seeds: 1}.Run(t.Context(), 1, nil)
	require.ErrorContains(t, err, want)
	for _, activation := range nn.ActivationNames() {
		s.Activation, s.Scheme = activation, "kaiming-normal"
		e, err := lab.New(s)
		require.NoError(t, err)
		for _, p := range e.Store.Params() {
			s.Scheme = "kaiming-normal; " + p.Name + "=zeros"
			require.NoError(t, s.Check(), activation)
		}
	}
}

func TestUnknownStartsAreToldAllNames(t *testing.T) {
	t.Parallel()
	names, _ := initializer.Names()
	for _, text := range []string{"kaimin", "kaimin(2)", "kaimin; 0.*=zeros"} {
		_, err := lab.ParseCases(text)
		require.EqualError(t, err, `no initialization is called "kaimin" (did you mean kaiming-uniform or kaiming-normal?): use one of `+strings.Join(names, ", ")+", lsuv")
	}
	for text, want := range map[string]string{
		"lsuv(2)": "lsuv takes no numbers and no rules", "lsuv; 0.*=zeros": "lsuv takes no numbers and no rules", "0.*=zeros": "begins with a rule",
	} {
		_, err := lab.ParseCases(text)
		require.ErrorContains(t, err, want)
	}
}

func TestSetupsSurviveJSON(t *testing.T) {
	t.Parallel()
	s := lab.Default()
	s.Scheme, s.Momentum = "normal(0,0.02)", 0.9
	text, err := json.Marshal(s)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"scheme":"normal(0,0.02)"`)
	var back lab.Setup
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, s, back)
}

func TestSetupsReadAsCommands(t *testing.T) {
	t.Parallel()
	s := lab.Default()
	assert.Equal(t, "heft lab init --schemes kaiming-normal --seeds 1", s.String())
	s.Data, s.Depth, s.Scheme, s.LR = "xor", 5, "normal(0,0.02)", 0.25
	assert.Equal(t, "heft lab init --data xor --depth 5 --schemes 'normal(0,0.02)' --lr 0.25 --seeds 1", s.String())
	assert.Equal(t, "heft lab init", lab.DefaultStudy().Command())
}

func TestCasesAreReadFromText(t *testing.T) {
	t.Parallel()
	cases, err := lab.ParseCases("zeros, normal(0,0.5),orthogonal(for=relu),lsuv")
	require.NoError(t, err)
	assert.Equal(t, []lab.Case{
		{Name: "zeros", Scheme: "zeros"}, {Name: "normal(0,0.5)", Scheme: "normal(0,0.5)"},
		{Name: "orthogonal(for=relu)", Scheme: "orthogonal(for=relu)"}, {Name: "lsuv", Scheme: "lsuv"},
	}, cases)
	for text, want := range map[string]string{
		"zeros,he": `"he"`, "zeros,zeros": "twice", "": `""`, "normal(0,1": "parenthesis",
	} {
		_, err := lab.ParseCases(text)
		require.ErrorContains(t, err, want)
	}
}

// A scheme has one name, whether it was typed or is a classic case.
func TestTypedCasesAreNamedAsClassicOnes(t *testing.T) {
	t.Parallel()
	for _, residual := range append(lab.Residuals(), "") {
		for _, activation := range []string{"relu", "tanh", "identity", "gelu"} {
			s := lab.Default()
			s.Residual, s.Activation = residual, activation
			var schemes []string
			for _, c := range s.Classic() {
				schemes = append(schemes, c.Scheme)
			}
			typed, err := lab.ParseCases(strings.Join(schemes, ","))
			require.NoError(t, err)
			assert.Equal(t, s.Classic(), typed)
		}
	}
	cases, err := lab.ParseCases("orthogonal,orthogonal(for=relu)")
	require.NoError(t, err)
	assert.NotEqual(t, cases[0].Name, cases[1].Name)
}

func FuzzParseCases(f *testing.F) {
	for _, text := range []string{"zeros", "normal(0,1),xavier-normal", "lsuv,,", "((,))", "a=b;c", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := lab.ParseCases(text)
		if err != nil {
			return
		}
		for _, c := range cases {
			s := lab.Default()
			s.Scheme = c.Scheme
			if err := s.Check(); err != nil {
				require.ErrorContains(t, err, "fits no parameter")
			}
		}
	})
}

func TestClassicCasesAreSixAndKnown(t *testing.T) {
	t.Parallel()
	for _, activation := range []string{"relu", "tanh", "identity", "gelu"} {
		var names []string
		for _, c := range lab.Classic(activation) {
			names = append(names, strings.SplitN(c.Name, "(", 2)[0])
			s := lab.Default()
			s.Scheme, s.Activation = c.Scheme, activation
			require.NoError(t, s.Check(), c.Scheme)
		}
		assert.Equal(t, []string{"zeros", "too small", "too large", "Xavier", "Kaiming", "orthogonal"}, names)
	}
}
