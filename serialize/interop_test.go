package serialize

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

// TestFoldersOfTransformersOpen has one small GPT-2 in one file, in many, and in many of PyTorch's.
func TestFoldersOfTransformersOpen(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	out := interop.Run(t, `
import json, os, sys, torch, transformers
transformers.logging.set_verbosity_error()
torch.manual_seed(1)
config = transformers.GPT2Config(vocab_size=50, n_positions=16, n_embd=32, n_layer=3, n_head=2)
model = transformers.GPT2LMHeadModel(config)
model.save_pretrained(sys.argv[1] + "/single")
model.save_pretrained(sys.argv[1] + "/many", max_shard_size="40KB")
os.mkdir(sys.argv[1] + "/torch")
config.save_pretrained(sys.argv[1] + "/torch")
state = {k: v.detach() for k, v in model.state_dict().items() if k != "lm_head.weight"}
names = sorted(state)
index = {"metadata": {"total_size": sum(v.numel() * 4 for v in state.values())}, "weight_map": {}}
for i in range(3):
    shard = f"pytorch_model-{i + 1:05d}-of-00003.bin"
    torch.save({k: state[k] for k in names[i::3]}, sys.argv[1] + "/torch/" + shard)
    index["weight_map"].update({k: shard for k in names[i::3]})
json.dump(index, open(sys.argv[1] + "/torch/pytorch_model.bin.index.json", "w"), indent=2)
print(json.dumps({k: v.flatten().tolist() for k, v in state.items()}))
`, dir)
	var want map[string][]float32
	require.NoError(t, json.Unmarshal([]byte(out), &want))
	for name, file := range map[string]string{"single": "model.safetensors", "many": "model.safetensors.index.json", "torch": "pytorch_model.bin.index.json"} {
		f, err := OpenFolder(filepath.Join(dir, name))
		require.NoError(t, err, name)
		assert.Equal(t, file, f.WeightsFile)
		var config struct {
			Width int `json:"n_embd"`
		}
		require.NoError(t, json.Unmarshal(f.Config, &config))
		assert.Equal(t, 32, config.Width)
		assert.Len(t, f.Weights.Tensors(), len(want), name)
		for tensor, values := range want {
			got, err := f.Weights.Read(tensor)
			require.NoError(t, err)
			floats, err := got.Float32s(nil)
			require.NoError(t, err)
			assert.Equal(t, values, floats, "%s %s", name, tensor)
		}
		require.NoError(t, f.Close())
	}
	entries, err := os.ReadDir(filepath.Join(dir, "many"))
	require.NoError(t, err)
	assert.Greater(t, len(entries), 4, "the model is in many files")
}
