package acceptance_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/train"
)

// tableSeeds are of the division and of the training, so that the luck of a division evens out too.
var tableSeeds = []uint64{1, 2, 3, 4, 5}

// worse is how far a mean score may be below that of scikit-learn.
const worse = 0.02

// theirs is what scikit-learn made of a table. See perceptrons.py.
type theirs struct {
	Target     string
	Regression bool
	Scores     []float64  // accuracy or R2 of the test part, by seed
	Tests      [][]string // the targets in the test part
}

func TestDefaultsDoAsWellOnTablesAsThoseOfScikitLearn(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	tables := []string{"iris", "wine", "cancer", "titanic", "penguins", "bodymass", "diabetes"}
	s := newShell(t)
	_, widths, _ := strings.Cut(train.Default("csv:").Model, ":")
	var results map[string]theirs
	out := interop.Run(t, "perceptrons.py", s.dir, widths, commas(tableSeeds), strings.Join(tables, ","))
	require.NoError(t, json.Unmarshal([]byte(out), &results))
	for _, name := range tables {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer := results[name]
			require.Len(t, peer.Scores, len(tableSeeds))
			var ours []float64
			for i, seed := range tableSeeds {
				assertSameTest(t, s.path(name+".csv"), seed, peer, peer.Tests[i])
				ours = append(ours, s.score(t, name, seed, peer))
			}
			t.Logf("heft %.4f %.3f  scikit-learn %.4f %.3f", mean(ours), ours, mean(peer.Scores), peer.Scores)
			assert.GreaterOrEqual(t, mean(ours), mean(peer.Scores)-worse)
		})
	}
}

// assertSameTest checks that both test with the same rows.
func assertSameTest(t *testing.T, path string, seed uint64, peer theirs, want []string) {
	t.Helper()
	spec := train.Default("csv:" + path).Spec
	spec.Target, spec.Seed = peer.Target, seed
	parts, err := data.Load(spec)
	require.NoError(t, err)
	require.Equal(t, len(want), parts.Test.Len())
	for i, text := range want {
		if peer.Regression {
			number, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			require.InDelta(t, number, parts.Input.Unscale(parts.Test.Target.Data()[i]), 0.001*number)
		} else {
			require.Equal(t, text, parts.Test.Classes[parts.Test.Y.Data[i]])
		}
	}
}

// score trains with the defaults and returns accuracy or R2 of the test part.
func (s shell) score(t *testing.T, table string, seed uint64, peer theirs) float64 {
	t.Helper()
	dir := fmt.Sprintf("%s-%d", table, seed)
	number := strconv.FormatUint(seed, 10)
	s.must(t, "train", "csv:"+table+".csv", "--target", peer.Target, "--seed", number, "--data-seed", number, "--quiet", "--out", dir)
	var score train.Score
	require.NoError(t, json.Unmarshal([]byte(s.must(t, "eval", dir, "--json")), &score))
	if peer.Regression {
		return score.R2
	}
	return score.Accuracy
}

// commas lists seeds as the Python programs take them.
func commas(seeds []uint64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(seeds), " ", ","), "[]")
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}
