package tune

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/train"
)

func TestChoicesAreSeparatedByCommasOrBySemicolons(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"lr=0.1":                              {"0.1"},
		"lr=0.1,0.2":                          {"0.1", "0.2"},
		"model=mlp:64;mlp:64,64":              {"mlp:64", "mlp:64,64"},
		"model=mlp:64,64;":                    {"mlp:64,64"},
		"init=normal(0,0.1);zeros;":           {"normal(0,0.1)", "zeros"},
		"schedule=warmup(5,0.1)+cosine;const": {"warmup(5,0.1)+cosine", "const"},
		"target=a=b,c":                        {"a=b", "c"},
		"lr=":                                 {""},
		"lr=1,,2":                             {"1", "", "2"},
		"lr=1;;":                              {"1", ""},
	} {
		c, err := ParseChoices(text)
		require.NoError(t, err, text)
		name, _, _ := strings.Cut(text, "=")
		assert.Equal(t, Choices{name, want}, c, text)
	}
	for _, text := range []string{"", "lr", "=1,2"} {
		_, err := ParseChoices(text)
		assert.ErrorContains(t, err, "NAME=VALUE,VALUE", text)
	}
}

func TestNamesThatComeAgainAddTheirValues(t *testing.T) {
	t.Parallel()
	g, err := ParseGrid([]string{"model=mlp:1,2;", "lr=1", "model=mlp:3"})
	require.NoError(t, err)
	assert.Equal(t, []Choices{{"model", []string{"mlp:1,2", "mlp:3"}}, {"lr", []string{"1"}}}, g)
	_, err = ParseGrid([]string{"lr=1", "frob"})
	assert.ErrorContains(t, err, `"frob"`)
}

func TestRangesHaveBoundsAndAScale(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Range{
		"lr=1e-4..1e-1:log":         {"lr", 1e-4, 0.1, Log},
		"dropout=0..0.5":            {"dropout", 0, 0.5, Linear},
		"x=-3..-1.5:linear":         {"x", -3, -1.5, Linear},
		"batch=16..128:int":         {"batch", 16, 128, Whole},
		"x=-1e308..7e307":           {"x", -1e308, 7e307, Linear},
		"x=0..9007199254740992:int": {"x", 0, 1 << 53, Whole},
	} {
		r, err := ParseRange(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, r, text)
		again, err := ParseRange(r.String())
		require.NoError(t, err, text)
		assert.Equal(t, r, again, text)
	}
	for text, want := range map[string]string{
		"":                     "NAME=LOW..HIGH:SCALE",
		"lr":                   "NAME=LOW..HIGH:SCALE",
		"lr=1":                 "NAME=LOW..HIGH:SCALE",
		"=1..2":                "NAME=LOW..HIGH:SCALE",
		"lr=a..2":              "NAME=LOW..HIGH:SCALE",
		"lr=1..":               "NAME=LOW..HIGH:SCALE",
		"lr=1..2:":             `no scale is called ""`,
		"lr=1..2:cubic":        `no scale is called "cubic"`,
		"lr=2..1":              "must rise",
		"lr=1..1":              "must rise",
		"lr=NaN..1":            "must rise",
		"lr=0..Inf":            "must rise",
		"lr=-1.7e308..1.7e308": "must rise",
		"lr=0..1:log":          "must be above 0",
		"batch=0.5..4:int":     "whole numbers",
		"batch=0..1e300:int":   "whole numbers",
	} {
		_, err := ParseRange(text)
		assert.ErrorContains(t, err, want, text)
	}
}

func TestSpacesThatCannotBeSearchedAreRefused(t *testing.T) {
	t.Parallel()
	lr := Range{"lr", 0.1, 0.2, Linear}
	many := make([]string, 400)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for want, s := range map[string]Space{
		"nothing to search":                              {},
		`cannot be ranked by "taste"`:                    {Rank: "taste", Seeds: 2},
		"seeds is -1":                                    {Seeds: -1},
		"seeds is 100001":                                {Seeds: mostTrials + 1},
		"random is -1":                                   {Random: -1},
		"random is 9223372036854775807":                  {Random: math.MaxInt, Ranges: []Range{lr}},
		`range "lr" is drawn from at random`:             {Ranges: []Range{lr}},
		"there are none":                                 {Random: 3},
		"seed is searched":                               grid(2, "seed=1,2"),
		`"lr" is searched twice`:                         {Random: 1, Ranges: []Range{lr}, Grid: []Choices{{"lr", []string{"1"}}}},
		`grid "lr" has an empty value`:                   grid(1, "lr=1,,2"),
		`grid "model" has an empty value`:                {Grid: []Choices{{Name: "model"}}},
		"must rise":                                      {Random: 1, Ranges: []Range{{"lr", 1, 1, Log}}},
		"more than 100000 trials":                        {Grid: []Choices{{"model", many}, {"init", many}}},
		"the search has more than":                       {Random: 400, Ranges: []Range{lr}, Seeds: 400},
		`no setting is called "frob\x1b"`:                {Grid: []Choices{{"frob\x1b", []string{"1"}}}},
		`grid "lr": strconv.ParseFloat`:                  grid(1, "lr=high"),
		`"lr" has the value "0.10" twice, also as "0.1"`: grid(1, "lr=0.1,0.10"),
		`no setting is called "size"`:                    {Random: 1, Ranges: []Range{{"size", 1, 2, Linear}}},
	} {
		_, err := NewPlan(quick(), s, set)
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

func TestSettingThatCannotBeTrainedIsNamedBeforeAnythingIs(t *testing.T) {
	t.Parallel()
	c := quick()
	c.Optimizer = "sgd"
	_, err := NewPlan(c, grid(1, "optimizer=sgd,adamw", "momentum=0,0.9"), set)
	assert.EqualError(t, err, "optimizer=adamw momentum=0.9: momentum is 0.9, but adamw takes none: use sgd, rmsprop or muon")
	_, err = NewPlan(quick(), grid(1, "validation=0.1,0"), set)
	assert.ErrorContains(t, err, "validation=0: validation is 0, but trials are ranked by")
	c = quick()
	c.Epochs = 0
	_, err = NewPlan(c, Space{Seeds: 2}, set)
	assert.EqualError(t, err, "epochs is 0, but must be from 1 to 1073741824")
	c = quick()
	c.Seed = math.MaxUint64
	_, err = NewPlan(c, Space{Seeds: 2}, set)
	assert.ErrorContains(t, err, "there are not 2 seeds from there")
}

func TestShardsDivideTheTrials(t *testing.T) {
	t.Parallel()
	var whole Shard
	assert.Empty(t, whole.String())
	first, err := ParseShard("1/3")
	require.NoError(t, err)
	last, err := ParseShard("3/3")
	require.NoError(t, err)
	assert.Equal(t, "3/3", last.String())
	for trial := 1; trial <= 9; trial++ {
		assert.True(t, whole.Has(trial))
		assert.Equal(t, trial%3 == 1, first.Has(trial))
		assert.Equal(t, trial%3 == 0, last.Has(trial))
	}
	for _, text := range []string{"", "1", "1/", "/2", "0/2", "3/2", "-1/2", "1/0", "a/b", "1/2/3", "1/99999999999999999999"} {
		_, err := ParseShard(text)
		assert.ErrorContains(t, err, "INDEX/COUNT", text)
	}
}

func FuzzParseRange(f *testing.F) {
	for _, seed := range []string{"lr=1e-4..1e-1:log", "batch=16..128:int", "x=-1e308..7e307", "x=5e-324..1e-323:log", "=..:", "x=0x1p-2..1_0"} {
		f.Add(seed, uint64(1))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		r, err := ParseRange(text)
		if err != nil {
			return
		}
		again, err := ParseRange(r.String())
		require.NoError(t, err)
		require.Equal(t, r, again)
		for _, u := range []float64{0, point(seed, r.Name, 0), 1 - 0x1p-53} {
			requireWithin(t, r, r.at(u))
		}
	})
}

func FuzzParseChoices(f *testing.F) {
	for _, seed := range []string{"lr=0.1,0.2", "model=mlp:64;mlp:64,64;", "=", "a=;;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseChoices(text)
		if err != nil {
			return
		}
		again, err := ParseChoices(c.Name + "=" + strings.Join(c.Values, ";") + ";")
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}

func TestZeroValuesOfASpaceAreOneSeedAndTheLoss(t *testing.T) {
	t.Parallel()
	p := planned(t, train.Default("moons"), Space{Grid: []Choices{{"lr", []string{"1"}}}})
	assert.Equal(t, 1, p.Seeds)
	assert.Equal(t, ByLoss, p.Rank)
}

func FuzzParseShard(f *testing.F) {
	for _, seed := range []string{"1/4", "3/3", "", "1", "0/2", "3/2", "-1/2", "a/b", "1/2/3", "+1/02", "1/99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseShard(text)
		if err != nil {
			return
		}
		again, err := ParseShard(s.String())
		require.NoError(t, err)
		require.Equal(t, s, again)
		require.True(t, s.Has(s.Index))
		require.Equal(t, s.Count == 1, s.Has(s.Index%s.Count+1))
	})
}

func FuzzParseGrid(f *testing.F) {
	for _, seed := range []string{"lr=0.1,0.2\nmodel=mlp:64;mlp:64,64", "model=mlp:1,2;\nlr=1\nmodel=mlp:3", "lr=1\nfrob", "=", "a=\na=;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		g, err := ParseGrid(strings.Split(lines, "\n"))
		if err != nil {
			return
		}
		var texts []string
		for _, c := range g {
			require.NotEmpty(t, c.Values)
			texts = append(texts, c.Name+"="+strings.Join(c.Values, ";")+";")
		}
		again, err := ParseGrid(texts)
		require.NoError(t, err)
		require.Equal(t, g, again)
	})
}
