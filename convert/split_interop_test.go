package convert

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/serialize"
)

// TestTransformersOpensWhatSplitWroteAndTheOtherWayRound has a small GPT-2 in one file and in many.
func TestTransformersOpensWhatSplitWroteAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	interop.Run(t, `
import sys, torch, transformers
torch.manual_seed(1)
model = transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=50, n_positions=16, n_embd=32, n_layer=3, n_head=2))
model.save_pretrained(sys.argv[1] + "/single")
model.save_pretrained(sys.argv[1] + "/many", max_shard_size="40KB")
`, dir)
	single := filepath.Join(dir, "single")
	in := reopened(t, filepath.Join(single, "model.safetensors"))
	for base, format := range map[string]serialize.Format{"model.safetensors": serialize.Safetensors, "pytorch_model.bin": serialize.PyTorch} {
		out := filepath.Join(dir, "split-"+string(format))
		require.NoError(t, os.Mkdir(out, 0o777))
		r, err := Split(context.Background(), in, filepath.Join(out, base), 40_000, Options{Format: format})
		require.NoError(t, err)
		assert.Greater(t, len(r.Files), 3)
		copyBeside, err := Beside(single, out)
		require.NoError(t, err)
		require.NoError(t, copyBeside())
	}
	merged := filepath.Join(dir, "merged.safetensors")
	_, err := File(context.Background(), reopened(t, filepath.Join(dir, "many", "model.safetensors.index.json")), merged, Options{Format: serialize.Safetensors})
	require.NoError(t, err)
	_, err = Split(context.Background(), in, filepath.Join(dir, "m.gguf"), 40_000, Options{Format: serialize.GGUF, Metadata: func(serialize.Metadata) serialize.Metadata {
		return serialize.Metadata{{Key: "general.architecture", Value: "gpt2"}}
	}})
	require.NoError(t, err)
	interop.Run(t, `
import glob, json, os, sys, torch, transformers
import gguf, safetensors.torch
transformers.logging.set_verbosity_error()
dir = sys.argv[1]
want = safetensors.torch.load_file(dir + "/single/model.safetensors")
same = lambda got: all(torch.equal(v, got[k]) for k, v in want.items())
mine = json.load(open(dir + "/split-safetensors/model.safetensors.index.json"))
theirs = json.load(open(dir + "/many/model.safetensors.index.json"))
assert mine["metadata"]["total_size"] == theirs["metadata"]["total_size"], (mine["metadata"], theirs["metadata"])
assert mine["weight_map"].keys() == theirs["weight_map"].keys()
for kind in ("safetensors", "pytorch"):
    model = transformers.GPT2LMHeadModel.from_pretrained(dir + "/split-" + kind, use_safetensors=kind == "safetensors")
    assert same(model.state_dict()), kind
for path in glob.glob(dir + "/split-pytorch/*.bin"):
    torch.load(path, weights_only=True)
assert same(safetensors.torch.load_file(dir + "/merged.safetensors"))
parts, seen = sorted(glob.glob(dir + "/m-*.gguf")), set()
for i, path in enumerate(parts):
    r = gguf.GGUFReader(path)
    assert r.get_field("split.no").contents() == i and r.get_field("split.count").contents() == len(parts)
    assert r.get_field("split.tensors.count").contents() == len(want)
    for t in r.tensors:
        seen.add(t.name)
        assert torch.equal(torch.from_numpy(t.data.copy()).flatten(), want[t.name].flatten()), t.name
assert seen == set(want)
`, dir)
}
