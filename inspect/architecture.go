package inspect

import (
	"cmp"
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
	AttnBias bool // queries, keys, values and what becomes of them have biases
	MLPBias  bool
}

// Bounds of what a file may say, far beyond any model: no count of parameters leaves an int64.
const (
	mostLayers = 1 << 14
	mostWidth  = 1 << 20
	mostTokens = 1 << 24
)

// dimension is a number of an [Architecture], and what files call it.
type dimension struct {
	name        string // in words
	of          func(a *Architecture) *int
	most        int
	gguf        string // key of GGUF's metadata, after the architecture's name
	gpt2, llama string // keys of config.json; empty where the model has no such setting
}

// dimensions are all numbers that count, as package models and llama.cpp call them too: a test compares.
var dimensions = []dimension{
	{"layers", func(a *Architecture) *int { return &a.Layers }, mostLayers, "block_count", "n_layer", "num_hidden_layers"},
	{"hidden size", func(a *Architecture) *int { return &a.Hidden }, mostWidth, "embedding_length", "n_embd", "hidden_size"},
	{"inner size", func(a *Architecture) *int { return &a.Inner }, mostWidth, "feed_forward_length", "n_inner", "intermediate_size"},
	{"heads", func(a *Architecture) *int { return &a.Heads }, mostWidth, "attention.head_count", "n_head", "num_attention_heads"},
	{"heads of keys", func(a *Architecture) *int { return &a.KVHeads }, mostWidth, "attention.head_count_kv", "", "num_key_value_heads"},
	{"size of a head", func(a *Architecture) *int { return &a.HeadSize }, mostWidth, "attention.key_length", "", "head_dim"},
	{"tokens of context", func(a *Architecture) *int { return &a.Context }, mostTokens, "context_length", "n_positions", "max_position_embeddings"},
	{"vocabulary", func(a *Architecture) *int { return &a.Vocab }, mostTokens, "vocab_size", "vocab_size", "vocab_size"},
}

// key returns what config.json of a model calls it.
func (d dimension) key(model string) string {
	if model == "gpt2" {
		return d.gpt2
	}
	return d.llama
}

// architectureOf returns what all models of a type have in common; ok is false where the type is not known.
func architectureOf(model string) (a Architecture, ok bool) {
	switch model {
	case "gpt2":
		return Architecture{Model: model, Tied: true, AttnBias: true, MLPBias: true}, true
	case "llama":
		return Architecture{Model: model}, true
	}
	return a, false
}

// ReadArchitecture reads config.json of a GPT-2 or a Llama as the transformers library writes it. Others are an error that
// names them. What does not change the size is not looked at.
func ReadArchitecture(config []byte) (Architecture, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(config, &given); err != nil {
		return Architecture{}, fmt.Errorf("it is no config.json: %w", err)
	}
	var model string
	if err := take(given, "model_type", &model, "a text"); err != nil {
		return Architecture{}, err
	}
	a, known := architectureOf(model)
	switch {
	case model == "":
		return a, errors.New("it has no model_type: gpt2 and llama are known; of a run of heft name the folder")
	case !known:
		return a, fmt.Errorf("its model_type is %.60q: gpt2 and llama are known", model)
	}
	err := take(given, "tie_word_embeddings", &a.Tied, "true or false")
	if model == "llama" {
		err = cmp.Or(err, take(given, "attention_bias", &a.AttnBias, "true or false"), take(given, "mlp_bias", &a.MLPBias, "true or false"))
	}
	for _, d := range dimensions {
		err = cmp.Or(err, take(given, d.key(model), d.of(&a), "a whole number"))
	}
	if err != nil {
		return Architecture{}, err
	}
	if a, err = a.checked(); err == nil && a.Vocab == 0 {
		err = errors.New("it does not say its vocabulary (vocab_size)")
	}
	return a, err
}

// take decodes a key of config.json, if the model has such a key, and it is there and not null.
func take(given map[string]json.RawMessage, key string, into any, kind string) error {
	text, there := given[key]
	if !there || key == "" {
		return nil
	}
	err := json.Unmarshal(text, into)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("its %s must be %s, not %s", key, kind, wrong.Value)
	}
	return err
}

// ArchitectureOf reads what the metadata of a GGUF file says of a GPT-2 or a Llama; ok is false when it does not say. It
// says nothing of Tied, and of the biases of a Llama: tensors do.
func ArchitectureOf(m serialize.Metadata) (a Architecture, ok bool) {
	value, _ := m.Value("general.architecture")
	model, _ := value.(string)
	if a, ok = architectureOf(model); !ok {
		return a, false
	}
	for _, d := range dimensions {
		value, _ := m.Value(model + "." + d.gguf)
		switch n := value.(type) {
		case uint32:
			*d.of(&a) = int(n)
		case int32:
			*d.of(&a) = int(n)
		}
	}
	a, err := a.checked()
	return a, err == nil
}

// checked fills in sizes that follow from others, and refuses numbers that no model has.
func (a Architecture) checked() (Architecture, error) {
	keys := map[string]string{}
	for _, d := range dimensions {
		keys[d.name] = d.key(a.Model)
	}
	if a.HeadSize == 0 && a.Heads > 0 {
		if a.Hidden > 0 && a.Hidden%a.Heads != 0 {
			return a, fmt.Errorf("its hidden size (%s), %d, is no multiple of its %d heads (%s)", keys["hidden size"], a.Hidden, a.Heads, keys["heads"])
		}
		a.HeadSize = a.Hidden / a.Heads
	}
	a.KVHeads = cmp.Or(a.KVHeads, a.Heads)
	if a.Model == "gpt2" {
		a.Inner = cmp.Or(a.Inner, 4*a.Hidden)
	}
	for _, d := range dimensions {
		switch n := *d.of(&a); {
		case n == 0 && d.name != "vocabulary":
			return a, fmt.Errorf("it does not say its %s (%s)", d.name, keys[d.name])
		case n < 0 || n > d.most:
			return a, fmt.Errorf("its %s (%s): %d, and from 1 to %d are sized", d.name, keys[d.name], n, d.most)
		}
	}
	switch {
	case a.Heads*a.HeadSize > mostWidth:
		return a, fmt.Errorf("its width of all heads (%s): %d, and from 1 to %d are sized", keys["heads"], a.Heads*a.HeadSize, mostWidth)
	case a.Heads%a.KVHeads != 0:
		return a, fmt.Errorf("its %d heads (%s) cannot share %d heads of keys (%s)", a.Heads, keys["heads"], a.KVHeads, keys["heads of keys"])
	}
	return a, nil
}

// Parameters returns how many numbers the model has: embeddings, layers, the last norm and, unless it is tied to the
// embedding, the output.
func (a Architecture) Parameters() float64 {
	h, f, v := float64(a.Hidden), float64(a.Inner), float64(a.Vocab)
	q, kv := float64(a.Heads)*float64(a.HeadSize), float64(a.KVHeads)*float64(a.HeadSize)
	norm, into, positions := h, 2., 0. // a scale; gate and up, which a Llama's MLP begins with
	if a.Model == "gpt2" {
		norm, into, positions = 2*h, 1, float64(a.Context)
	}
	layer := 2*h*q + 2*h*kv + (into+1)*h*f + 2*norm
	if a.AttnBias {
		layer += q + 2*kv + h
	}
	if a.MLPBias {
		layer += into*f + h
	}
	n := (v+positions)*h + float64(a.Layers)*layer + norm
	if !a.Tied {
		n += v * h
	}
	return n
}
