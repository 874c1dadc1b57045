package initializer_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

func parse(t *testing.T, text string) initializer.Scheme {
	t.Helper()
	s, err := initializer.Parse(text)
	require.NoError(t, err)
	return s
}

func TestTheLastRuleThatMatchesStartsAParameter(t *testing.T) {
	t.Parallel()
	scheme := parse(t, "ones; head.*=constant(2); *.weight=constant(3); head.weight=constant(4)")
	for name, want := range map[string]float32{"fc.proj": 1, "head.proj": 2, "h.0.fc.weight": 3, "head.weight": 4} {
		p := &initializer.Param{Name: name, Shape: []int{2}}
		assert.Equal(t, []float32{want, want}, valuesOf(scheme, p), name)
	}
}

func TestAPatternThatSpellsTheNameOutTreatsAllKindsAsWeights(t *testing.T) {
	t.Parallel()
	scheme := parse(t, "kaiming-normal; *.bias=constant(0.5); ln.*=constant(3); bn.weight=constant(2)")
	for _, c := range []struct {
		name string
		kind initializer.Kind
		want float32
	}{
		{"fc.bias", initializer.Bias, 0.5},
		{"ln.weight", initializer.Scale, 1}, // what the scheme leaves to others, a pattern that ends in * leaves to them, too
		{"ln.shift", initializer.Bias, 0},
		{"bn.weight", initializer.Scale, 2},
		{"bn.running_mean", initializer.Buffer, 7},
	} {
		p := &initializer.Param{Name: c.name, Kind: c.kind, Shape: []int{1}, Start: 7}
		assert.Equal(t, []float32{c.want}, valuesOf(scheme, p), c.name)
		assert.Equal(t, c.kind, p.Kind, "the parameter stays what it is")
	}
	p := &initializer.Param{Name: "bn.running_mean", Kind: initializer.Buffer, Shape: []int{1}, Start: 7}
	require.PanicsWithError(t, `initializer: bn.running_mean: it is a buffer, which starts at its declared value: no rule, as that for "*_mean", may be about it`, func() {
		valuesOf(parse(t, "ones; *_mean=zeros"), p)
	})
	require.Equal(t, []float32{7}, valuesOf(parse(t, "ones; bn.*=zeros"), p))
}

func TestRulesKeepTheMultipliersThatTheirSchemesSet(t *testing.T) {
	t.Parallel()
	scheme := parse(t, "zeros; *.weight=mup(64)")
	p := wide(128)
	valuesOf(scheme, p)
	require.Equal(t, float32(0.5), p.LRMultiplier)
	vector := wide(128)
	vector.Kind = initializer.Scale
	valuesOf(scheme, vector)
	require.Equal(t, float32(0.5), vector.LRMultiplier)
}

func TestRulesDrawTheStreamThatTheSchemeAloneWouldDraw(t *testing.T) {
	t.Parallel()
	want := valuesOf(initializer.XavierUniform(), weight())
	require.Equal(t, want, valuesOf(parse(t, "zeros; fc.*=xavier-uniform"), weight()))
}

func TestOverridesOfOverridesAreOneList(t *testing.T) {
	t.Parallel()
	inner := initializer.Override(initializer.Ones(), initializer.Rule{Pattern: "a", Scheme: initializer.Zeros()})
	both := initializer.Override(inner, initializer.Rule{Pattern: "b*", Scheme: initializer.Normal(0, 1)})
	require.Equal(t, "ones; a=zeros; b*=normal(0,1)", both.String())
	require.Equal(t, "ones; a=zeros", inner.String(), "and leave the first alone")
}

func TestRulesThatMatchNothingAreFound(t *testing.T) {
	t.Parallel()
	names := []string{"fc.weight", "fc.bias", "head.weight"}
	scheme := parse(t, "ones; *.bias=zeros; hed.*=zeros; f?.*=ones; h.[0-9].*=zeros")
	require.Equal(t, []string{"hed.*", "h.[0-9].*"}, initializer.Unmatched(scheme, names))
	require.Empty(t, initializer.Unmatched(initializer.Ones(), names))
}

func TestOverrideRefusesWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for part, f := range map[string]func(){
		"is empty or has space around it": func() {
			initializer.Override(initializer.Ones(), initializer.Rule{Pattern: " a", Scheme: initializer.Ones()})
		},
		"has a ; or =": func() {
			initializer.Override(initializer.Ones(), initializer.Rule{Pattern: "a=b", Scheme: initializer.Ones()})
		},
		`"[a" cannot be read`: func() {
			initializer.Override(initializer.Ones(), initializer.Rule{Pattern: "[a", Scheme: initializer.Ones()})
		},
		`the rule for "a" needs a scheme`: func() { initializer.Override(initializer.Ones(), initializer.Rule{Pattern: "a"}) },
		"Override needs a scheme":         func() { initializer.Override(nil) },
		`the rule for "b" needs a scheme without rules`: func() {
			inner := initializer.Override(initializer.Ones(), initializer.Rule{Pattern: "a", Scheme: initializer.Ones()})
			initializer.Override(initializer.Ones(), initializer.Rule{Pattern: "b", Scheme: inner})
		},
	} {
		require.ErrorContains(t, autograd.Catch(f), part)
	}
}

func TestAnOwnSchemeTakesRulesToo(t *testing.T) {
	t.Parallel()
	scheme := initializer.Override(ramp{}, initializer.Rule{Pattern: "*.bias", Scheme: initializer.Constant(9)})
	require.Equal(t, []float32{0, 1, 2}, valuesOf(scheme, &initializer.Param{Name: "w", Shape: []int{3}}))
	require.Equal(t, []float32{9}, valuesOf(scheme, &initializer.Param{Name: "fc.bias", Kind: initializer.Bias, Shape: []int{1}}))
}

// ramp counts.
type ramp struct{}

func (ramp) String() string { return "ramp" }

func (ramp) Fill(_ *initializer.Param, _ *rand.Rand, dst []float32) {
	for i := range dst {
		dst[i] = float32(i)
	}
}
