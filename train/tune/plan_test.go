package tune

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func planText(t testing.TB, p *Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, p.write(&b))
	return b.Bytes()
}

func TestTrialsAreThoseOfTheFirstSettingFirst(t *testing.T) {
	t.Parallel()
	c := quick()
	c.Seed = 5
	p := planned(t, c, grid(2, "lr=0.1,0.2", "model=mlp:3"))
	require.Len(t, p.Trials(), 4)
	for i, want := range []struct {
		name    string
		setting int
		lr      float64
		seed    uint64
	}{{"trial-0001", 1, 0.1, 5}, {"trial-0002", 1, 0.1, 6}, {"trial-0003", 2, 0.2, 5}, {"trial-0004", 2, 0.2, 6}} {
		expected := c
		expected.LR, expected.Seed, expected.Model = want.lr, want.seed, "mlp:3"
		assert.Equal(t, Trial{i + 1, want.name, want.setting, expected}, p.Trials()[i])
	}
}

func TestNamesOfManyTrialsSortAsTheyCount(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), Space{Seeds: 12_000})
	trials := p.Trials()
	assert.Equal(t, "trial-00001", trials[0].Name)
	assert.Equal(t, "trial-12000", trials[len(trials)-1].Name)
}

func TestPlanReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	random := grid(2, "model=mlp:1;mlp:2,2", "optimizer=sgd,adam")
	random.Random, random.Ranges, random.Rank = 5, []Range{{"lr", 1e-4, 0.1, Log}, {"batch", 1, 64, Whole}}, ByScore
	for _, s := range []Space{random, grid(1, "lr=0.1,0.2", "model=mlp:3"), {Seeds: 3}} {
		p := planned(t, quick(), s)
		read, err := ParsePlan(planText(t, p), set)
		require.NoError(t, err)
		p.set, read.set = nil, nil
		assert.Equal(t, p, read)
		what, _, _ := p.difference(read)
		assert.Empty(t, what)
	}
}

func TestPlanThatWasChangedIsRefused(t *testing.T) {
	t.Parallel()
	good := string(planText(t, planned(t, quick(), grid(2, "lr=0.1,0.2"))))
	for want, change := range map[string][2]string{
		"not a plan of a search: unexpected EOF":    {good[len(good)-30:], ""},
		"not a plan of a search: invalid character": {`{`, "\x00{"},
		"text follows it":                           {"\n}\n", "\n}\n{}"},
		`unknown field "extra"`:                     {`"random"`, `"extra": 1, "random"`},
		"its grid and ranges make 2":                {"[\n      \"0.2\"\n    ]\n", "[\n      \"0.2\"\n    ], [\"0.3\"]\n"},
		`settings of ["model"], but its grid`:       {"\"names\": [\n    \"lr\"", "\"names\": [\n    \"model\""},
		"setting 2 has 2 values for 1 names":        {"[\n      \"0.2\"\n    ]\n", "[\n      \"0.2\", \"7\"\n    ]\n"},
		"seeds is 0":                                {`"seeds": 2`, `"seeds": 0`},
		"seeds is 99999999":                         {`"seeds": 2`, `"seeds": 99999999`},
		`cannot be ranked by ""`:                    {`"rank": "loss"`, `"rank": ""`},
		"lr=-1: lr is -1":                           {"[\n      \"0.2\"\n    ]\n", "[\n      \"-1\"\n    ]\n"},
		"invalid syntax":                            {"[\n      \"0.2\"\n    ]\n", "[\n      \"x\"\n    ]\n"},
		`lr=0.1: unknown data set "no"`:             {`"data": "xor"`, `"data": "no"`},
		"validation is 0, but trials are ranked":    {`"validation": 0.1`, `"validation": 0`},
		"there are not 2 seeds":                     {`"seed": 1`, `"seed": 18446744073709551615`},
		`"lr" is searched twice`:                    {"\"grid\": [", "\"grid\": [{\"name\": \"lr\", \"values\": [\"1\"]},"},
	} {
		require.Contains(t, good, change[0], want)
		text := strings.Replace(good, change[0], change[1], 1)
		_, err := ParsePlan([]byte(text), set)
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

func TestSettingsOfAPlanThatNobodyKnowsAreEscaped(t *testing.T) {
	t.Parallel()
	p := &Plan{Config: quick(), Space: Space{Grid: []Choices{{"frob\x1b", []string{"1"}}}, Seeds: 1, Rank: ByLoss}, Names: []string{"frob\x1b"}, Settings: [][]string{{"1"}}}
	_, err := ParsePlan(planText(t, p), set)
	assert.EqualError(t, err, `no setting is called "frob\x1b"`)
}

func TestPlanFileIsNamedWhenItCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Load(dir, set)
	assert.EqualError(t, err, dir+" is no search: it has no tune.json")
	path := filepath.Join(dir, PlanFile)
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o666))
	_, err = Load(dir, set)
	assert.ErrorContains(t, err, path+": not a plan")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(maxPlan+1))
	require.NoError(t, f.Close())
	_, err = Load(dir, set)
	assert.ErrorContains(t, err, path+": larger than")
}

func TestFirstDifferenceOfTwoPlansIsNamed(t *testing.T) {
	t.Parallel()
	s := grid(1, "lr=0.1,0.2")
	a := planned(t, quick(), s)
	c := quick()
	c.Batch = 8
	more := grid(3, "lr=0.1,0.2")
	more.Rank = ByScore
	onlyRank := grid(1, "lr=0.1,0.2")
	onlyRank.Rank = ByScore
	random := grid(1, "lr=0.1,0.2")
	random.Random = 2
	ranged := random
	ranged.Ranges = []Range{{"batch", 1, 9, Whole}}
	for _, c := range []struct {
		other         *Plan
		what, is, was string
	}{
		{planned(t, c, s), "batch", `"32"`, `"8"`},
		{planned(t, quick(), grid(1, "lr=0.1,0.3")), "the grid", `[lr=["0.1" "0.2"]]`, `[lr=["0.1" "0.3"]]`},
		{planned(t, quick(), more), "the number of seeds", "1", "3"},
		{planned(t, quick(), onlyRank), "the rank", "loss", "score"},
		{planned(t, quick(), random), "the number of random settings", "0", "2"},
		{planned(t, quick(), ranged), "the list of ranges", "[]", "[batch=1..9:int]"},
	} {
		what, is, was := a.difference(c.other)
		assert.Equal(t, []string{c.what, c.is, c.was}, []string{what, is, was})
	}
}

func FuzzParsePlan(f *testing.F) {
	random := grid(2, "model=mlp:1;mlp:2,2")
	random.Random, random.Ranges = 2, []Range{{"lr", 1e-4, 0.1, Log}}
	f.Add(planText(f, planned(f, quick(), random)))
	f.Add(planText(f, planned(f, quick(), grid(1, "lr=0.1,0.2"))))
	f.Add([]byte(`{"seeds":2,"rank":"loss","settings":[[]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParsePlan(text, set)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(p.Trials()), mostTrials)
		require.Len(t, p.Trials(), p.size())
		again, err := json.Marshal(p)
		require.NoError(t, err)
		same, err := ParsePlan(again, set)
		require.NoError(t, err)
		what, _, _ := p.difference(same)
		require.Empty(t, what)
	})
}
