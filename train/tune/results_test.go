package tune

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// outcomes fills in a plan's trials: a loss for one that is finished, "failed", or "" for one that waits.
func outcomes(p *Plan, came ...any) (all []Outcome) {
	for i, t := range p.trials {
		o := Outcome{Trial: t, State: Waiting}
		switch came := came[i].(type) {
		case float64:
			o.State = Finished
			o.Kept.Epoch = 2
			o.Kept.Validation = train.Score{Loss: came, Accuracy: came / 4}
			o.test = train.Score{Loss: 10 * came, Accuracy: came / 8, Samples: 40}
		case string:
			if came != "" {
				o.State, o.Reason = Failed, came
			}
		}
		all = append(all, o)
	}
	return all
}

func csvOf(t *testing.T, r *Results) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.writeCSV(&b))
	return "\n" + b.String()
}

func textOf(t *testing.T, r *Results, width int) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, width))
	return "\n" + b.String()
}

func TestSettingsAreRankedByTheMeanOfTheirSeeds(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(2, "lr=1,2,3"))
	r := newResults(p, outcomes(p, 0.5, 1.0, 0.25, 0.75, 2.0, 0.125))
	const table = `
rank,trial,lr,trial_seed,state,kept_epoch,val_loss,val_score,mean_val_loss,mean_val_score,reason
1,trial-0003,2,1,finished,2,0.25,0.0625,0.5,0.125,
1,trial-0004,2,2,finished,2,0.75,0.1875,0.5,0.125,
2,trial-0001,1,1,finished,2,0.5,0.125,0.75,0.1875,
2,trial-0002,1,2,finished,2,1,0.25,0.75,0.1875,
3,trial-0005,3,1,finished,2,2,0.5,1.0625,0.265625,
3,trial-0006,3,2,finished,2,0.125,0.03125,1.0625,0.265625,
`
	assert.Equal(t, table, csvOf(t, r))
	const text = `
rank  lr         val loss  val accuracy  trial
   1  2   0.5000 ± 0.3536   12.5 ± 8.8%  trial-0003..0004
   2  1   0.7500 ± 0.3536   18.8 ± 8.8%  trial-0001..0002
   3  3   1.0625 ± 1.3258  26.6 ± 33.1%  trial-0005..0006
best: trial-0003..0004  test loss 5.0000  accuracy   6.2%  (40 samples, mean of 2 seeds)
`
	assert.Equal(t, text, textOf(t, r, 120))
	assert.Equal(t, []string{"2"}, r.Best().Values)
	assert.Equal(t, train.Score{Loss: 5, Accuracy: 0.0625, Samples: 40}, r.Test())
	require.NoError(t, r.Err())
}

func TestRankByScoreWantsItLarge(t *testing.T) {
	t.Parallel()
	s := grid(1, "lr=1,2,3")
	s.Rank = ByScore
	p := planned(t, quick(), s)
	r := newResults(p, outcomes(p, 1.0, 3.0, 2.0))
	assert.Equal(t, []string{"2"}, r.Ranked[0].Values)
	assert.Equal(t, []string{"3"}, r.Ranked[1].Values)
	all := outcomes(p, 1.0, 3.0, 2.0)
	for i := range all {
		all[i].Regression = true
		v := &all[i].Kept.Validation
		v.Accuracy, v.R2 = 0, -v.Loss
	}
	r = newResults(p, all)
	assert.Equal(t, []string{"1"}, r.Ranked[0].Values)
	assert.Contains(t, textOf(t, r, 120), "   1  1     1.0000  -1.000  trial-0001\n")
}

func TestEqualSettingsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(1, "lr=1,2,3"))
	r := newResults(p, outcomes(p, 0.5, 0.25, 0.5))
	assert.Equal(t, []int{2, 1, 3}, []int{r.Ranked[0].Setting, r.Ranked[1].Setting, r.Ranked[2].Setting})
}

func TestSettingHasNoRankUntilAllItsSeedsAreFinished(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(2, "lr=1,2,3"))
	r := newResults(p, outcomes(p, 0.5, "", "training broke", 0.25, 2.0, 2.0))
	const table = `
rank,trial,lr,trial_seed,state,kept_epoch,val_loss,val_score,mean_val_loss,mean_val_score,reason
1,trial-0005,3,1,finished,2,2,0.5,2,0.5,
1,trial-0006,3,2,finished,2,2,0.5,2,0.5,
,trial-0001,1,1,finished,2,0.5,0.125,,,
,trial-0003,2,1,failed,,,,,,training broke
,trial-0004,2,2,finished,2,0.25,0.0625,,,
`
	assert.Equal(t, table, csvOf(t, r))
	const text = `
rank  lr         val loss  val accuracy  trial
   1  3   2.0000 ± 0.0000   50.0 ± 0.0%  trial-0005..0006
1 of 6 trials failed:
  trial-0003  lr=2  seed=1  failed: training broke
5 of 6 trials done
`
	assert.Equal(t, text, textOf(t, r, 120))
	assert.Nil(t, r.Best(), "trials are missing")
	assert.False(t, r.Complete())
}

func TestOnlyTheBestTenSettingsArePrinted(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(1, "lr=1,2,3,4,5,6,7,8,9,10,11,12"))
	r := newResults(p, outcomes(p, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0))
	text := textOf(t, r, 120)
	assert.Contains(t, text, "\n  10  10   10.0000        250.0%  trial-0010\nand 2 more, in results.csv\n")
	assert.NotContains(t, text, "trial-0011")
}

func TestSearchWhoseTrialsAllFailedIsAnError(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(1, "lr=1,2,3,4"))
	r := newResults(p, outcomes(p, "a\x1b", "b", "c", "d"))
	assert.EqualError(t, r.Err(), `all trials failed; the first: a\x1b`)
	assert.Nil(t, r.Best())
	text := textOf(t, r, 120)
	assert.Contains(t, text, "4 of 4 trials failed:\n  trial-0001  lr=1  failed: a\\x1b\n")
	assert.NotContains(t, text, "trial-0004")
}

func TestNarrowTerminalsLoseTheTrialsThenTheLines(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(1, "lr=1,2"))
	r := newResults(p, outcomes(p, 1.0, 2.0))
	assert.Contains(t, textOf(t, r, 34), "\nrank  lr  val loss  val accuracy\n")
	assert.Contains(t, textOf(t, r, 20), "\n  val accuracy  25.0%\n")
}
