package models_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// languages are small models whose logits are far apart.
func languages(seed uint64) map[string]func() (*nn.Store, models.Language) {
	store := func() *nn.Store { return nn.NewStore(seed, initializer.Normal(0, 0.3)) }
	return map[string]func() (*nn.Store, models.Language){
		"gpt": func() (*nn.Store, models.Language) {
			s := store()
			return s, models.NewGPT(s.Root(), smallGPT())
		},
		"llama": func() (*nn.Store, models.Language) {
			s := store()
			return s, models.NewLlama(s.Root(), smallLlama())
		},
	}
}

func smallGPT() models.GPTConfig {
	return models.GPTConfig{Vocabulary: 17, Positions: 12, Width: 24, Layers: 2, Heads: 3, Activation: "gelu_new", Eps: 1e-5, ResidDrop: 0.2, EmbdDrop: 0.2, AttnDrop: 0.2}
}

func smallLlama() models.LlamaConfig {
	return models.LlamaConfig{Vocabulary: 17, Positions: 12, Width: 24, Inner: 40, Layers: 2, Heads: 6, KVHeads: 2, Theta: 100, Eps: 1e-5, AttnDrop: 0.2, Tied: true}
}

// anew generates without a cache: from all that the model may see, for each token. The context is kept as Generate says.
func anew(s *nn.Store, m models.Language, prompt []int32, n int) (tokens []int32) {
	seen := slices.Clone(prompt)
	for range n {
		if len(seen) > m.Context() {
			seen = seen[len(seen)-m.Context()/2:]
		}
		logits := m.Forward(nn.NewPass(s, nn.Inference), autograd.LabelsOf(seen, 1, len(seen)))
		best := logits.Reshape(len(seen), m.Vocabulary()).ArgMax(-1).Data
		tokens = append(tokens, best[len(best)-1])
		seen = append(seen, best[len(best)-1])
	}
	return tokens
}

func TestGenerationWithTheCacheEqualsGenerationWithout(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		for name, make := range languages(seed) {
			s, m := make()
			for _, prompt := range [][]int32{{3}, {1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}} {
				require.Equal(t, anew(s, m, prompt, 40), text(t, s, m, prompt, 40, models.Sampling{}), "%s, seed %d, prompt %v", name, seed, prompt)
			}
		}
	}
}

func TestASequenceAloneHasTheBitsOfThatSequenceInABatch(t *testing.T) {
	t.Parallel()
	for name, make := range languages(1) {
		s, m := make()
		ids := []int32{1, 5, 9, 2, 0, 16, 3, 3, 7, 11, 4, 8}
		batch := m.Forward(nn.NewPass(s, nn.Inference), autograd.LabelsOf(ids, 3, 4)).Data()
		for i := range 3 {
			alone := m.Forward(nn.NewPass(s, nn.Inference), autograd.LabelsOf(ids[4*i:4*i+4], 1, 4)).Data()
			require.Equal(t, batch[i*len(alone):(i+1)*len(alone)], alone, "%s, sequence %d", name, i)
		}
	}
}

func TestALanguageModelSeesNothingOfTheFuture(t *testing.T) {
	t.Parallel()
	for name, make := range languages(1) {
		s, m := make()
		logits := func(ids ...int32) []float32 {
			return m.Forward(nn.NewPass(s, nn.Inference), autograd.LabelsOf(ids, 1, len(ids))).Data()
		}
		v := m.Vocabulary()
		require.Equal(t, logits(1, 2, 3, 4)[:3*v], logits(1, 2, 3, 9)[:3*v], name)
		require.NotEqual(t, logits(1, 2, 3, 4)[3*v:], logits(1, 2, 3, 9)[3*v:], name)
	}
}

func TestLanguageModelsLearnWithDropoutAlikeWithAndWithoutRecomputing(t *testing.T) {
	t.Parallel()
	gradients := func(make func(s *nn.Store) models.Language) [][]float32 {
		s := nn.NewStore(1, initializer.GPT2(0.02))
		m := make(s)
		p := nn.NewPass(s, nn.Training)
		ids := autograd.LabelsOf([]int32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 4)
		grads := p.Backward(m.Forward(p, ids).CrossEntropy(ids))
		var all [][]float32
		for _, w := range s.Params() {
			all = append(all, grads.Of(w))
		}
		return all
	}
	gpt, llama := smallGPT(), smallLlama()
	first := gradients(func(s *nn.Store) models.Language { return models.NewGPT(s.Root(), gpt) })
	gpt.Recompute = true
	require.Equal(t, first, gradients(func(s *nn.Store) models.Language { return models.NewGPT(s.Root(), gpt) }))
	first = gradients(func(s *nn.Store) models.Language { return models.NewLlama(s.Root(), llama) })
	llama.Recompute = true
	require.Equal(t, first, gradients(func(s *nn.Store) models.Language { return models.NewLlama(s.Root(), llama) }))
}

func TestMorePositionsThanTheContextPanic(t *testing.T) {
	t.Parallel()
	for name, make := range languages(1) {
		s, m := make()
		require.Equal(t, 12, m.Context())
		err := autograd.Catch(func() {
			m.Forward(nn.NewPass(s, nn.Inference), autograd.LabelsOf(slices.Repeat([]int32{1}, 13), 1, 13))
		})
		require.ErrorContains(t, err, "13", name)
		require.ErrorContains(t, err, "12", name)
	}
}

func TestModelsHaveAsManyParametersAsTheirConfigsSay(t *testing.T) {
	t.Parallel()
	count := func(s *nn.Store) (n int) {
		for _, w := range s.Params() {
			n += len(w.Data)
		}
		return n
	}
	for _, tied := range []bool{false, true} {
		s := nn.NewStore(1, initializer.Zeros())
		gpt := smallGPT()
		gpt.Tied = tied
		models.NewGPT(s.Root(), gpt)
		require.Equal(t, gpt.Parameters(), count(s))
		s = nn.NewStore(1, initializer.Zeros())
		llama := smallLlama()
		llama.Tied = tied
		models.NewLlama(s.Root(), llama)
		require.Equal(t, llama.Parameters(), count(s))
	}
}

func TestConfigsThatCannotBePanicInConstructors(t *testing.T) {
	t.Parallel()
	var e *models.ConfigError
	gpt, llama := smallGPT(), smallLlama()
	gpt.Heads, llama.KVHeads = 5, 4
	s := nn.NewStore(1, initializer.Zeros())
	require.ErrorAs(t, autograd.Catch(func() { models.NewGPT(s.Root(), gpt) }), &e)
	require.Equal(t, "n_head", e.Field)
	require.ErrorAs(t, autograd.Catch(func() { models.NewLlama(s.Root(), llama) }), &e)
	require.Equal(t, "num_key_value_heads", e.Field)
	require.Empty(t, s.Params())
}

func BenchmarkGPTStep(b *testing.B) {
	s := nn.NewStore(1, initializer.GPT2(0.02))
	m := models.NewGPT(s.Root(), models.GPTConfig{Vocabulary: 65, Positions: 64, Width: 128, Layers: 4, Heads: 4, Activation: "gelu_new", Eps: 1e-5, Tied: true})
	p := nn.NewPass(s, nn.Training)
	ids := make([]int32, 12*64)
	for i := range ids {
		ids[i] = int32(i * 7 % 65)
	}
	batch := autograd.LabelsOf(ids, 12, 64)
	for b.Loop() {
		p.Reset()
		p.Backward(m.Forward(p, batch).CrossEntropy(batch))
	}
}

func BenchmarkGenerate(b *testing.B) {
	s := nn.NewStore(1, initializer.GPT2(0.02))
	m := models.NewGPT(s.Root(), models.GPTConfig{Vocabulary: 65, Positions: 256, Width: 128, Layers: 4, Heads: 4, Activation: "gelu_new", Eps: 1e-5, Tied: true})
	for b.Loop() {
		tokens, err := models.Generate(context.Background(), s, m, []int32{1}, 100, models.Sampling{Temperature: 1})
		if err != nil {
			b.Fatal(err)
		}
		for range tokens {
			continue
		}
	}
}

func TestIdsThatAreNoSequencesPanic(t *testing.T) {
	t.Parallel()
	for name, make := range languages(1) {
		s, m := make()
		for _, ids := range []nn.Labels{autograd.LabelsOf([]int32{1, 2}), autograd.LabelsOf([]int32{1, 2}, 1, 1, 2)} {
			err := autograd.Catch(func() { m.Forward(nn.NewPass(s, nn.Inference), ids) })
			require.ErrorContains(t, err, "models: "+name+": ids must be [n, t], but their shape is [")
		}
	}
}
