package train

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

func TestMuonLeavesTheHeadAloneToAdamWAndNoMatrixWhereAnEmbeddingIsTheHead(t *testing.T) {
	t.Parallel()
	build := func(model string) *nn.Store {
		c := DefaultFor("text", model)
		config, err := c.languageConfig(20)
		require.NoError(t, err)
		s, _, err := c.buildLanguage(config)
		require.NoError(t, err)
		return s
	}
	samples := DefaultFor("digits", "resnet:8")
	resnet, _, err := samples.build(samplesOfDigits)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		store *nn.Store
		head  string // "" where an embedding is
	}{
		"gpt":     {build("gpt:layers=1,width=8,heads=1,context=4"), ""},
		"llama":   {build("llama:layers=1,width=8,heads=2,kv=1,context=4"), "lm_head.weight"},
		"charrnn": {build("charrnn:cell=rnn,layers=1,width=8,context=4"), "head.weight"},
		"resnet":  {resnet, "fc.weight"},
	} {
		got := ""
		if h := head(c.store); h != nil {
			got = h.Name
		}
		assert.Equal(t, c.head, got, name)
	}
}

// samplesOfDigits is what a model sees of the digits.
var samplesOfDigits = samples{features: 64, image: models.Image{Channels: 1, Height: 8, Width: 8}, outputs: 10}

func TestMuonRemembersAMomentumOfEveryMatrixOfATiedGPT(t *testing.T) {
	t.Parallel()
	c := DefaultFor("text", "gpt:layers=1,width=8,heads=1,context=4").WithOptimizer("muon")
	c.Steps, c.EvalEvery, c.Batch = 1, 1, 1
	l, err := loadLoop(c, Options{})
	require.NoError(t, err)
	require.NoError(t, l.run(t.Context()))
	var moved []string
	for _, s := range l.optimizer.State().Tensors {
		moved = append(moved, s.Name)
	}
	assert.Contains(t, moved, "h.0.mlp.c_proj.weight.momentum_buffer")
	assert.Contains(t, moved, "h.0.attn.c_attn.weight.momentum_buffer")
	assert.NotContains(t, moved, "wte.weight.momentum_buffer")
}
