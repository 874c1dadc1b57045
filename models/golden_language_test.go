package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// goldenLanguages makes the models of transformers.json from their config.json.
var goldenLanguages = map[string]func(t *testing.T, s *nn.Store, config []byte, recompute bool) models.Language{
	"gpt": func(t *testing.T, s *nn.Store, config []byte, recompute bool) models.Language {
		c, err := models.ReadGPTConfig(config)
		require.NoError(t, err)
		c.Recompute = recompute
		return models.NewGPT(s.Root(), c)
	},
	"llama": func(t *testing.T, s *nn.Store, config []byte, recompute bool) models.Language {
		c, err := models.ReadLlamaConfig(config)
		require.NoError(t, err)
		c.Recompute = recompute
		return models.NewLlama(s.Root(), c)
	},
}

// goldenLanguage returns a model with PyTorch's start. Names and shapes must be the same on both sides.
func goldenLanguage(t *testing.T, c golden.TextModel, recompute bool) (*nn.Store, models.Language) {
	t.Helper()
	require.Contains(t, goldenLanguages, c.Name)
	s := nn.NewStore(1, initializer.Zeros())
	m := goldenLanguages[c.Name](t, s, c.Config, recompute)
	require.Len(t, s.Params(), len(c.State))
	for name, x := range c.State {
		w := s.Param(name)
		require.NotNil(t, w, name)
		require.Equal(t, x.Shape, w.Shape, name)
		copy(w.Data, golden.As[float32](x.Data))
	}
	return s, m
}

func labelsOf(x golden.Ints) nn.Labels { return autograd.LabelsOf(x.Data, x.Shape...) }

func TestLanguageModelsMatchPyTorch(t *testing.T) {
	t.Parallel()
	tolerance := golden.Tolerance{Relative: 1e-5, Absolute: 4e-6}
	file := golden.Transformers(t)
	assert.Len(t, file.Cases, len(goldenLanguages))
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s, m := goldenLanguage(t, c, false)
			p := nn.NewPass(s, nn.Training)
			logits := m.Forward(p, labelsOf(c.IDs))
			require.Equal(t, c.Logits.Shape, logits.Shape())
			require.NoError(t, golden.Compare(c.Logits.Data, logits.Data(), tolerance))
			loss := logits.CrossEntropy(labelsOf(c.Targets))
			require.InEpsilon(t, c.Loss, float64(loss.Item()), 1e-6)
			grads := p.Backward(loss)
			for name, want := range c.Grads {
				require.NoError(t, golden.Compare(want.Data, grads.Of(s.Param(name)), tolerance), name)
			}
		})
	}
}

// losses trains a model by the file's recipe and returns the loss before each step.
func losses(s *nn.Store, m models.Language, c golden.TextModel, r golden.TextRecipe) (losses []float64) {
	schedule := optim.Warmup(r.Warmup, 1/float64(r.Warmup+1), optim.Cosine(len(c.Texts)-r.Warmup, r.Last))
	opt := optim.NewAdamW(s, r.LR, optim.Betas(r.Betas[0], r.Betas[1]), optim.WeightDecay(r.WeightDecay), optim.Scheduled(schedule))
	p := nn.NewPass(s, nn.Training)
	for _, text := range c.Texts {
		p.Reset()
		loss := m.Forward(p, labelsOf(text[0])).CrossEntropy(labelsOf(text[1]))
		losses = append(losses, float64(loss.Item()))
		grads := p.Backward(loss)
		grads.ClipNorm(r.Clip)
		opt.Step(grads)
	}
	return losses
}

// TestLossCurvesOfLanguageModelsMatchPyTorch trains from PyTorch's start, on its texts, by nanoGPT's recipe. Each loss must
// be PyTorch's to 1e-4, or to four times what float32 costs PyTorch itself at that step where that is more.
func TestLossCurvesOfLanguageModelsMatchPyTorch(t *testing.T) {
	t.Parallel()
	file := golden.Transformers(t)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s, m := goldenLanguage(t, c, false)
			got := losses(s, m, c, file.Recipe)
			require.Len(t, c.Float64, 100)
			for step, want := range c.Float64 {
				allowed := max(1e-4*want, 4*math.Abs(want-c.Float32[step]))
				require.InDelta(t, want, got[step], allowed, "loss before step %d", step+1)
			}
			s, m = goldenLanguage(t, c, true)
			require.Equal(t, got, losses(s, m, c, file.Recipe), "recomputing changes no bit")
		})
	}
}
