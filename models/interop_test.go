package models_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// opened has transformers open folders and prints, for each, its class and the logits of two sequences. Every tensor must find
// its parameter. One program serves for all: it takes seconds to start.
const opened = `
import json, os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM

ids, *folders = sys.argv[1:]
seen = []
for folder in folders:
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert not any(report.values()), report
    with torch.no_grad():
        seen.append({"class": type(model).__name__, "logits": model.eval()(torch.tensor(json.loads(ids))).logits.flatten().tolist()})
print(json.dumps(seen))
`

// made has transformers make models with a random start and save them, and prints the same of them.
const made = `
import json, os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoConfig, AutoModelForCausalLM

ids, parent, *configs = sys.argv[1:]
seen = []
torch.manual_seed(1)
for config in map(json.loads, configs):
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config)).eval()
    for p in model.parameters():
        torch.nn.init.normal_(p, 0, 0.3)
    model.save_pretrained(os.path.join(parent, config["model_type"]))
    with torch.no_grad():
        seen.append({"class": type(model).__name__, "logits": model(torch.tensor(json.loads(ids))).logits.flatten().tolist()})
print(json.dumps(seen))
`

// answer is what such a program prints of a model.
type answer struct {
	Class  string
	Logits []float64
}

// transformersIDs are two sequences as long as the context of the small models.
const transformersIDs = "[[1, 5, 9, 2, 0, 16, 3, 3, 7, 11, 4, 8], [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5]]"

// conv1D are the weights that GPT-2's files hold as [in, out], and models as [out, in].
var conv1D = regexp.MustCompile(`\.(c_attn|c_proj|c_fc)\.weight$`)

// transposed returns tensors with GPT-2's weights the other way about.
func transposed(t *testing.T, tensors []dtype.Tensor) []dtype.Tensor {
	t.Helper()
	tensors = slices.Clone(tensors)
	for k, from := range tensors {
		if !conv1D.MatchString(from.Name) {
			continue
		}
		values, err := from.Float32s(nil)
		require.NoError(t, err)
		rows, columns := from.Shape[0], from.Shape[1]
		turned := make([]float32, len(values))
		for i, v := range values {
			turned[i%columns*rows+i/columns] = v
		}
		tensors[k], err = dtype.FromFloat32s(from.Name, []int{columns, rows}, turned, dtype.F32)
		require.NoError(t, err)
	}
	return tensors
}

// peer is a kind of model that transformers has too.
type peer struct {
	kind   string // its model_type
	class  string
	config string // of one that transformers makes
	small  func(s *nn.Store, tied bool) (m models.Language, config []byte)
	read   func(s *nn.Store, config []byte) (models.Language, error)
	turned bool // its files hold weights transposed
}

var peers = []peer{
	{
		"gpt2", "GPT2LMHeadModel", `{"model_type": "gpt2", "vocab_size": 17, "n_positions": 12, "n_embd": 24, "n_layer": 2, "n_head": 3}`,
		func(s *nn.Store, tied bool) (models.Language, []byte) {
			c := smallGPT()
			c.Tied = tied
			return models.NewGPT(s.Root(), c), must(c.Write())
		},
		func(s *nn.Store, config []byte) (models.Language, error) {
			c, err := models.ReadGPTConfig(config)
			if err != nil {
				return nil, err
			}
			return models.NewGPT(s.Root(), c), nil
		},
		true,
	},
	{
		"llama", "LlamaForCausalLM", `{"model_type": "llama", "vocab_size": 17, "max_position_embeddings": 12, "hidden_size": 24, "intermediate_size": 40,
			"num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 3, "rope_theta": 500.0, "rms_norm_eps": 1e-5, "attention_bias": true}`,
		func(s *nn.Store, tied bool) (models.Language, []byte) {
			c := smallLlama()
			c.Tied, c.AttnBias = tied, !tied
			return models.NewLlama(s.Root(), c), must(c.Write())
		},
		func(s *nn.Store, config []byte) (models.Language, error) {
			c, err := models.ReadLlamaConfig(config)
			if err != nil {
				return nil, err
			}
			return models.NewLlama(s.Root(), c), nil
		},
		false,
	},
}

// ours is a model here, to be held to that of the folder there.
type ours struct {
	peer
	name  string
	dir   string
	store *nn.Store
	model models.Language
}

// must is for what cannot fail here: configurations that a model was made with.
func must(config []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return config
}

// requireSameLogits compares with what a Python program printed of the same models, in the same order.
func requireSameLogits(t *testing.T, all []ours, printed string) {
	t.Helper()
	var sequences [][]int32
	require.NoError(t, json.Unmarshal([]byte(transformersIDs), &sequences))
	ids := autograd.LabelsOf(slices.Concat(sequences...), len(sequences), len(sequences[0]))
	var answers []answer
	require.NoError(t, json.Unmarshal([]byte(printed), &answers))
	require.Len(t, answers, len(all))
	for i, o := range all {
		theirs := answers[i].Logits
		require.Equal(t, o.class, answers[i].Class)
		logits := o.model.Forward(nn.NewPass(o.store, nn.Inference), ids).Data()
		require.Len(t, theirs, len(logits))
		largest, furthest := 0., 0.
		for i, v := range logits {
			largest = max(largest, math.Abs(theirs[i]))
			furthest = max(furthest, math.Abs(theirs[i]-float64(v)))
		}
		t.Logf("%s: logits of up to %.1f differ by %.1e at most", o.name, largest, furthest)
		require.Greater(t, largest, 1., o.name)
		require.LessOrEqual(t, furthest, 1e-4, o.name)
	}
}

func TestTransformersOpensOurModelsAndGivesTheSameLogits(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	var all []ours
	args := []string{transformersIDs}
	for _, p := range peers {
		for _, tied := range []bool{true, false} {
			o := ours{peer: p, name: fmt.Sprintf("%s, tied: %v", p.kind, tied), dir: t.TempDir(), store: nn.NewStore(1, initializer.Normal(0, 0.3))}
			var config []byte
			o.model, config = p.small(o.store, tied)
			require.NoError(t, os.WriteFile(filepath.Join(o.dir, "config.json"), config, 0o666))
			tensors := o.store.Tensors()
			if p.turned {
				tensors = transposed(t, tensors)
			}
			require.NoError(t, safetensors.Save(filepath.Join(o.dir, "model.safetensors"), tensors, dtype.F32))
			all, args = append(all, o), append(args, o.dir)
		}
	}
	requireSameLogits(t, all, interop.Run(t, opened, args...))
}

func TestModelsOfTransformersAreLoadedAndGiveTheSameLogits(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	parent := t.TempDir()
	args := []string{transformersIDs, parent}
	for _, p := range peers {
		args = append(args, p.config)
	}
	printed := interop.Run(t, made, args...)
	var all []ours
	for _, p := range peers {
		o := ours{peer: p, name: p.kind, dir: filepath.Join(parent, p.kind), store: nn.NewStore(1, initializer.Zeros())}
		config, err := os.ReadFile(filepath.Join(o.dir, "config.json"))
		require.NoError(t, err)
		o.model, err = p.read(o.store, config)
		require.NoError(t, err)
		tensors, _, err := safetensors.Load(filepath.Join(o.dir, "model.safetensors"))
		require.NoError(t, err)
		if p.turned {
			tensors = transposed(t, tensors)
		}
		_, err = o.store.Load(each(tensors), nn.Rename(regexp.MustCompile(`^transformer\.`), ""))
		require.NoError(t, err)
		all = append(all, o)
	}
	requireSameLogits(t, all, printed)
}

// each yields tensors as a file would.
func each(tensors []dtype.Tensor) iter.Seq2[dtype.Tensor, error] {
	return func(yield func(dtype.Tensor, error) bool) {
		for _, x := range tensors {
			if !yield(x, nil) {
				return
			}
		}
	}
}
