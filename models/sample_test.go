package models_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// bigram is a model of text that looks at one token: a row of logits for each.
type bigram struct {
	nn.Named
	table *nn.Embedding
	v     int
}

func newBigram(s *nn.Store, v int) *bigram {
	return &bigram{s.Root().Named(), nn.NewEmbedding(s.At("table"), v, v), v}
}

func (m *bigram) Forward(p *nn.Pass, ids nn.Labels) *nn.Tensor {
	return p.Tap(m, m.table.Forward(p, ids))
}
func (m *bigram) Context() int    { return 0 }
func (m *bigram) Vocabulary() int { return m.v }

// text generates n tokens after the prompt.
func text(t *testing.T, s *nn.Store, m models.Language, prompt []int32, n int, sampling models.Sampling) []int32 {
	t.Helper()
	tokens, err := models.Generate(context.Background(), s, m, prompt, n, sampling)
	require.NoError(t, err)
	return slices.Collect(tokens)
}

// odds returns a model with these probabilities after any token, and how often n draws gave each.
func odds(t *testing.T, n int, sampling models.Sampling, probabilities ...float64) []float64 {
	t.Helper()
	s := nn.NewStore(1, initializer.Zeros())
	m := newBigram(s, len(probabilities))
	for i := range m.table.Weight.Data {
		m.table.Weight.Data[i] = float32(math.Log(probabilities[i%len(probabilities)]))
	}
	share := make([]float64, len(probabilities))
	for _, id := range text(t, s, m, []int32{0}, n, sampling) {
		share[id] += 1 / float64(n)
	}
	return share
}

func TestTokensAreDrawnAsOftenAsTheModelSays(t *testing.T) {
	t.Parallel()
	const n, near = 20_000, 0.02
	for _, c := range []struct {
		name     string
		sampling models.Sampling
		want     []float64
	}{
		{"greedy", models.Sampling{}, []float64{0, 1, 0, 0}},
		{"as they are", models.Sampling{Temperature: 1}, []float64{0.1, 0.5, 0.3, 0.1}},
		{"cold", models.Sampling{Temperature: 0.5}, []float64{0.01 / 0.36, 0.25 / 0.36, 0.09 / 0.36, 0.01 / 0.36}},
		{"top 2", models.Sampling{Temperature: 1, TopK: 2}, []float64{0, 0.625, 0.375, 0}},
		{"top 9", models.Sampling{Temperature: 1, TopK: 9}, []float64{0.1, 0.5, 0.3, 0.1}},
		{"top 3 of equals are the first", models.Sampling{Temperature: 1, TopK: 3}, []float64{1. / 9, 5. / 9, 3. / 9, 0}},
		{"top p of one", models.Sampling{Temperature: 1, TopP: 0.45}, []float64{0, 1, 0, 0}},
		{"top p of two", models.Sampling{Temperature: 1, TopP: 0.7}, []float64{0, 0.625, 0.375, 0}},
		{"top p of all", models.Sampling{Temperature: 1, TopP: 1}, []float64{0.1, 0.5, 0.3, 0.1}},
		{"top k, then top p", models.Sampling{Temperature: 1, TopK: 2, TopP: 0.6}, []float64{0, 1, 0, 0}},
	} {
		require.InDeltaSlice(t, c.want, odds(t, n, c.sampling, 0.1, 0.5, 0.3, 0.1), near, c.name)
	}
}

func TestEqualSeedsDrawEqualTokens(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Normal(0, 1))
	m := newBigram(s, 50)
	draw := func(seed uint64) []int32 {
		return text(t, s, m, []int32{3}, 60, models.Sampling{Temperature: 1, Seed: seed})
	}
	require.Equal(t, draw(1), draw(1))
	require.NotEqual(t, draw(1), draw(2))
}

func TestGenerationEndsWhenAsked(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Normal(0, 1))
	m := newBigram(s, 5)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tokens, err := models.Generate(ctx, s, m, []int32{0}, 100, models.Sampling{})
	require.NoError(t, err)
	seen := 0
	for range tokens {
		if seen++; seen == 7 {
			cancel()
		}
	}
	require.Equal(t, 7, seen)
	require.Empty(t, slices.Collect(tokens), "it stays ended")
}

func TestGenerateRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	m := newBigram(s, 5)
	for says, c := range map[string]struct {
		prompt   []int32
		sampling models.Sampling
	}{
		"the prompt is empty: give at least one token to go on from":           {},
		"token 1 of the prompt is 5, but the vocabulary has 5":                 {prompt: []int32{4, 5}},
		"token 0 of the prompt is -1, but the vocabulary has 5":                {prompt: []int32{-1}},
		"temperature is -1, but must be 0 or more, and finite":                 {sampling: models.Sampling{Temperature: -1}},
		"temperature is NaN, but must be 0 or more, and finite":                {sampling: models.Sampling{Temperature: math.NaN()}},
		"top-k is -1, but must be 1 or more, or 0 for all tokens":              {sampling: models.Sampling{TopK: -1}},
		"top-p is 1.5, but must be above 0 and at most 1, or 0 for all tokens": {sampling: models.Sampling{TopP: 1.5}},
	} {
		_, err := models.Generate(context.Background(), s, m, c.prompt, 1, c.sampling)
		require.EqualError(t, err, says)
	}
}
