package inspect

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/heft-ml/heft/serialize"
)

// Architecture is what the size of a transformer depends on: a GPT-2 or a Llama.
type Architecture struct {
	Model    string // "gpt2" or "llama"
	Layers   int
	Hidden   int // width of a token's vector
	Inner    int // width inside the MLP
	Heads    int
	KVHeads  int // heads of keys and values; fewer than Heads, where queries share them
	HeadSize int
	Vocab    int // 0: not known
	Context  int // most tokens
	Tied     bool
}

// Bounds of what a file may say, far beyond any model: no count of parameters leaves an int64.
const (
	mostLayers = 1 << 14
	mostWidth  = 1 << 20
	mostTokens = 1 << 24
)

// ReadArchitecture reads config.json of a GPT-2 or a Llama as the transformers library writes it. Others are an error that
// names them.
func ReadArchitecture(config []byte) (Architecture, error) {
	var c struct {
		Model string `json:"model_type"`
		Vocab int    `json:"vocab_size"`

		Layers    int   `json:"n_layer"`
		Hidden    int   `json:"n_embd"`
		Heads     int   `json:"n_head"`
		Inner     int   `json:"n_inner"`
		Positions int   `json:"n_positions"`
		Tied      *bool `json:"tie_word_embeddings"`

		LlamaLayers  int `json:"num_hidden_layers"`
		LlamaHidden  int `json:"hidden_size"`
		LlamaHeads   int `json:"num_attention_heads"`
		LlamaKVHeads int `json:"num_key_value_heads"`
		LlamaInner   int `json:"intermediate_size"`
		LlamaHead    int `json:"head_dim"`
		LlamaContext int `json:"max_position_embeddings"`
	}
	var wrong *json.UnmarshalTypeError
	switch err := json.Unmarshal(config, &c); {
	case errors.As(err, &wrong) && wrong.Field != "":
		return Architecture{}, fmt.Errorf("its %s is a %s, and of type %v in models", wrong.Field, wrong.Value, wrong.Type)
	case err != nil:
		return Architecture{}, fmt.Errorf("it is no config.json: %w", err)
	}
	var a Architecture
	switch c.Model {
	case "gpt2":
		a = Architecture{"gpt2", c.Layers, c.Hidden, orElse(c.Inner, 4*c.Hidden), c.Heads, c.Heads, 0, c.Vocab, c.Positions, true}
	case "llama":
		a = Architecture{"llama", c.LlamaLayers, c.LlamaHidden, c.LlamaInner, c.LlamaHeads, orElse(c.LlamaKVHeads, c.LlamaHeads), c.LlamaHead,
			c.Vocab, c.LlamaContext, false}
	case "":
		return a, errors.New("it has no model_type: gpt2 and llama are known; of a run of heft name the folder")
	default:
		return a, fmt.Errorf("its model_type is %.60q: gpt2 and llama are known", c.Model)
	}
	if c.Tied != nil {
		a.Tied = *c.Tied
	}
	return a.checked()
}

// ArchitectureOf reads what the metadata of a GGUF file says of a GPT-2 or a Llama; ok is false when it does not say.
func ArchitectureOf(m serialize.Metadata) (a Architecture, ok bool) {
	model, _ := m.Value("general.architecture")
	name, _ := model.(string)
	if name != "gpt2" && name != "llama" {
		return a, false
	}
	number := func(key string) int {
		switch v, _ := m.Value(name + "." + key); n := v.(type) {
		case uint32:
			return int(n)
		case int32:
			return int(n)
		}
		return 0
	}
	heads := number("attention.head_count")
	a, err := Architecture{
		name, number("block_count"), number("embedding_length"), number("feed_forward_length"), heads,
		orElse(number("attention.head_count_kv"), heads), number("attention.key_length"), number("vocab_size"), number("context_length"), name == "gpt2",
	}.checked()
	return a, err == nil
}

// orElse returns n unless it is 0.
func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// sizeKeys are the keys of config.json, by model.
var sizeKeys = map[string]struct{ layers, hidden, inner, heads, kvHeads, head, context string }{
	"gpt2":  {"n_layer", "n_embd", "n_inner", "n_head", "n_head", "n_embd", "n_positions"},
	"llama": {"num_hidden_layers", "hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads", "head_dim", "max_position_embeddings"},
}

// checked fills in the size of a head, and refuses numbers that no model has.
func (a Architecture) checked() (Architecture, error) {
	divided := a.HeadSize == 0 && a.Heads > 0
	if divided {
		a.HeadSize = a.Hidden / a.Heads
	}
	keys := sizeKeys[a.Model]
	for _, c := range []struct {
		name, key string
		n, most   int
	}{
		{"layers", keys.layers, a.Layers, mostLayers}, {"hidden size", keys.hidden, a.Hidden, mostWidth}, {"inner size", keys.inner, a.Inner, mostWidth},
		{"heads", keys.heads, a.Heads, mostWidth}, {"size of a head", keys.head, a.HeadSize, mostWidth}, {"tokens of context", keys.context, a.Context, mostTokens},
		{"width of all heads", keys.heads, a.Heads * a.HeadSize, mostWidth}, {"heads of keys", keys.kvHeads, a.KVHeads, a.Heads},
	} {
		switch {
		case c.n == 0:
			return a, fmt.Errorf("it does not say its %s (%s)", c.name, c.key)
		case c.n < 1 || c.n > c.most:
			return a, fmt.Errorf("its %s (%s): %d, and from 1 to %d are sized", c.name, c.key, c.n, c.most)
		}
	}
	switch {
	case divided && a.Hidden%a.Heads != 0:
		return a, fmt.Errorf("its hidden size (%s), %d, is no multiple of its %d heads (%s)", keys.hidden, a.Hidden, a.Heads, keys.heads)
	case a.Heads%a.KVHeads != 0:
		return a, fmt.Errorf("its %d heads (%s) cannot share %d heads of keys (%s)", a.Heads, keys.heads, a.KVHeads, keys.kvHeads)
	}
	if a.Vocab < 0 || a.Vocab > mostTokens {
		return a, fmt.Errorf("its vocabulary is %d: to %d are sized", a.Vocab, mostTokens)
	}
	return a, nil
}

// Parameters returns how many numbers the model has: embeddings, layers, the last norm and, unless it is tied to the
// embedding, the output.
func (a Architecture) Parameters() float64 {
	h, f, v := float64(a.Hidden), float64(a.Inner), float64(a.Vocab)
	q, kv := float64(a.Heads)*float64(a.HeadSize), float64(a.KVHeads)*float64(a.HeadSize)
	var n float64
	if a.Model == "gpt2" {
		layer := 4*h*h + 4*h + 2*h*f + h + f + 4*h // attention, MLP, two norms
		n = v*h + float64(a.Context)*h + float64(a.Layers)*layer + 2*h
	} else {
		n = v*h + float64(a.Layers)*(2*h*q+2*h*kv+3*h*f+2*h) + h
	}
	if !a.Tied {
		n += v * h
	}
	return n
}
