package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// TestModelsStateTheirHeadAndTheEndsOfBranches looks for the weights that Fixup, muP and others treat apart.
func TestModelsStateTheirHeadAndTheEndsOfBranches(t *testing.T) {
	t.Parallel()
	image := models.Image{Channels: 1, Height: 28, Width: 28}
	gpt := models.NewGPTConfig()
	gpt.Vocabulary, gpt.Positions, gpt.Width, gpt.Layers, gpt.Heads, gpt.Tied = 11, 8, 12, 2, 3, false
	for name, c := range map[string]struct {
		declare        func(s *nn.Scope)
		head           string
		ends, branches int
	}{
		"lenet300": {func(s *nn.Scope) { models.NewLeNet300(s, models.LeNet300Config{Features: 4, Outputs: 2}) }, "fc3.weight", 0, 0},
		"lenet5":   {func(s *nn.Scope) { models.NewLeNet5(s, models.LeNet5Config{Image: image, Outputs: 2}) }, "fc3.weight", 0, 0},
		"cnn":      {func(s *nn.Scope) { models.NewCNN(s, models.CNNConfig{Image: image, Outputs: 2}) }, "fc2.weight", 0, 0},
		"resnet":   {func(s *nn.Scope) { models.NewResNet(s, models.ResNetConfig{Image: image, Outputs: 2, Depth: 14}) }, "fc.weight", 6, 6},
		"gpt":      {func(s *nn.Scope) { models.NewGPT(s, gpt) }, "lm_head.weight", 4, 4},
		"llama": {func(s *nn.Scope) {
			models.NewLlama(s, models.LlamaConfig{Vocabulary: 11, Positions: 8, Width: 12, Inner: 16, Layers: 3, Heads: 3, KVHeads: 1, Theta: 1e4, Eps: 1e-5})
		}, "lm_head.weight", 6, 6},
		"charrnn": {func(s *nn.Scope) {
			models.NewCharRNN(s, models.CharRNNConfig{Cell: "gru", Vocabulary: 11, Embedding: 4, Hidden: 6, Layers: 2})
		}, "head.weight", 0, 0},
	} {
		s := nn.NewStore(1, initializer.Zeros())
		c.declare(s.Root())
		var heads []string
		ends := 0
		for _, p := range s.Params() {
			if len(p.Parts) == 1 && p.Parts[0] == initializer.Head {
				heads = append(heads, p.Name)
			}
			if p.Residual && p.Kind != initializer.Embedding {
				ends++
			}
			if p.Residual {
				assert.Equal(t, c.branches, p.Depth, "%s of %s", p.Name, name)
			}
			if p.Kind == initializer.Embedding {
				assert.Equal(t, c.branches > 0, p.Residual, "%s of %s opens the stream", p.Name, name)
			}
		}
		assert.Equal(t, []string{c.head}, heads, name)
		assert.Equal(t, c.ends, ends, "ends of branches of %s", name)
	}
}

// TestEverySchemeStartsEveryModel builds all models with all schemes: each layer states what any scheme asks for.
func TestEverySchemeStartsEveryModel(t *testing.T) {
	t.Parallel()
	image := models.Image{Channels: 1, Height: 12, Width: 12}
	gpt := models.NewGPTConfig()
	gpt.Vocabulary, gpt.Positions, gpt.Width, gpt.Layers, gpt.Heads = 11, 8, 12, 2, 3
	names, _ := initializer.Names()
	for _, name := range names {
		scheme, err := initializer.Parse(name)
		require.NoError(t, err)
		s := nn.NewStore(1, scheme)
		models.NewLeNet5(s.At("lenet5"), models.LeNet5Config{Image: image, Outputs: 2})
		models.NewResNet(s.At("resnet"), models.ResNetConfig{Image: image, Outputs: 2, Depth: 8})
		models.NewGPT(s.At("gpt"), gpt)
		models.NewLlama(s.At("llama"), models.LlamaConfig{Vocabulary: 11, Positions: 8, Width: 12, Inner: 16, Layers: 2, Heads: 3, KVHeads: 1, Theta: 1e4, Eps: 1e-5})
		models.NewCharRNN(s.At("charrnn"), models.CharRNNConfig{Cell: "lstm", Vocabulary: 11, Embedding: 4, Hidden: 6, Layers: 2})
		for _, p := range s.Params() {
			for _, v := range p.Data {
				require.False(t, v-v != 0, "%s of %s is %v", p.Name, name, v)
			}
			if name == "fixup" && strings.HasSuffix(p.Name, "c_proj.weight") {
				require.Zero(t, p.Data[0], p.Name)
			}
		}
	}
}
