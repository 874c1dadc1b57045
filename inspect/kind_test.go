package inspect

import (
	"testing"

	"github.com/stretchr/testify/assert"

	initializer "github.com/heft-ml/heft/init"
)

func TestInferKindFollowsItsRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		shape []int
		want  initializer.Kind
	}{
		{"bn.running_mean", []int{8}, initializer.Buffer},
		{"bn.running_var", []int{8}, initializer.Buffer},
		{"bn.num_batches_tracked", nil, initializer.Buffer},
		{"embeddings.position_ids", []int{1, 512}, initializer.Buffer},
		{"layers.0.self_attn.rotary_emb.inv_freq", []int{64}, initializer.Buffer},
		{"h.0.attn.masked_bias", nil, initializer.Buffer},
		{"h.0.attn.bias", []int{1, 1, 1024, 1024}, initializer.Buffer},
		{"synthesis.bias", []int{1, 1, 1, 1}, initializer.Bias},
		{"h.0.attn.bias", []int{1, 1, 8, 4}, initializer.Bias},
		{"fc1.bias", []int{128}, initializer.Bias},
		{"bias", []int{3}, initializer.Bias},
		{"attn.in_proj_bias", []int{192}, initializer.Bias},
		{"lstm.bias_ih_l0", []int{40}, initializer.Bias},
		{"LayerNorm.beta", []int{8}, initializer.Bias},
		{"mixer.beta", []int{8, 8}, initializer.Weight},
		{"transformer.wte.weight", []int{50257, 768}, initializer.Embedding},
		{"wpe", []int{1024, 768}, initializer.Embedding},
		{"model.embed_tokens.weight", []int{32000, 64}, initializer.Embedding},
		{"bert.embeddings.word_embeddings.weight", []int{30522, 64}, initializer.Embedding},
		{"relative_emb", []int{32, 8}, initializer.Embedding},
		{"patch_embed.proj.weight", []int{64, 3, 16, 16}, initializer.Weight},
		{"time_embed.0.weight", []int{64, 32}, initializer.Weight},
		{"embeddings.LayerNorm.weight", []int{64}, initializer.Scale},
		{"ln_f.weight", []int{64}, initializer.Scale},
		{"LayerNorm.gamma", []int{64}, initializer.Scale},
		{"layer_scale.scale", []int{64}, initializer.Scale},
		{"fc1.weight", []int{128, 64}, initializer.Weight},
		{"conv.weight", []int{8, 3, 3, 3}, initializer.Weight},
		{"biased.weight", []int{2, 2}, initializer.Weight},
		{"", nil, initializer.Weight},
		{"...", []int{2, 2}, initializer.Weight},
	} {
		assert.Equal(t, c.want, inferKind(c.name, c.shape), "%s %v", c.name, c.shape)
	}
}
