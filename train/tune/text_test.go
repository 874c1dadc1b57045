package tune

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// ofText is a training on a text that takes some milliseconds.
func ofText(t *testing.T) train.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lines.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("so the rays of light go on\n", 80)), 0o666))
	c := train.DefaultFor("text:"+path, "gpt:layers=1,width=16,heads=2,context=8")
	c.Steps, c.EvalEvery, c.Batch = 4, 2, 4
	return c
}

func TestTextsAreSearchedByTheLossOfACharacter(t *testing.T) {
	t.Parallel()
	c := ofText(t)
	dir := t.TempDir()
	p := planned(t, c, grid(2, "tokenizer=chars,bpe:270", "lr=0.01,1e-9", "model=gpt:layers=1,width=16,heads=2,context=8;charrnn:cell=gru,layers=1,width=16,context=8"))
	r := searched(t, dir, p, Options{})
	require.Len(t, r.Ranked, 8)
	for _, s := range r.Ranked {
		for _, o := range s.Trials {
			h, err := train.ReadHistory(filepath.Join(dir, o.Name))
			require.NoError(t, err)
			kept, test := h.Epochs[1].Validation.Loss, h.Recipe.Test
			want := kept * float64(test.Samples+1) / float64(test.Characters)
			assert.InEpsilon(t, want, o.Kept.Validation.Loss, 1e-12, o.Name)
			assert.Equal(t, 216, test.Characters, "of the held-out tenth")
			if o.Config.Spec.Tokenizer == "chars" {
				assert.Equal(t, kept, o.Kept.Validation.Loss, "a token is a character")
			} else {
				assert.Less(t, o.Kept.Validation.Loss, kept, "a token is more than one")
			}
		}
	}
	for i := 1; i < len(r.Ranked); i++ {
		assert.LessOrEqual(t, r.Ranked[i-1].Mean.Loss, r.Ranked[i].Mean.Loss)
	}
	assert.Contains(t, textOf(t, r, 120), "tokens, mean of 2 seeds)")
	again := searched(t, dir, p, Options{})
	assert.Equal(t, r.Ranked, again.Ranked, "read back from its folder")
}

func TestAccuracyRanksNoTokenizers(t *testing.T) {
	t.Parallel()
	s := grid(1, "tokenizer=chars,bpe:270")
	s.Rank = ByScore
	_, err := NewPlan(ofText(t), s, set)
	assert.EqualError(t, err, `the accuracy of tokens says nothing where tokens differ, as those of "chars" and "bpe:270" do: rank by loss`)
	s = grid(1, "lr=0.1,0.2")
	s.Rank = ByScore
	_, err = NewPlan(ofText(t), s, set)
	assert.NoError(t, err)
}

func TestTextThatCannotBeReadLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	c := ofText(t)
	c.Spec.Name = "text:" + filepath.Join(t.TempDir(), "none.txt")
	dir := filepath.Join(t.TempDir(), "search")
	_, err := Run(context.Background(), dir, planned(t, c, grid(1, "lr=0.1,0.2")), Options{})
	assert.ErrorContains(t, err, "none.txt")
	assert.NoDirExists(t, dir)
}
