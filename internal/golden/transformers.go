package golden

import (
	"encoding/json"
	"testing"
)

// TransformersFile is transformers.json: whole models of text, once in float64, and their losses while they learn.
type TransformersFile struct {
	Torch  string
	Recipe TextRecipe
	Cases  []TextModel
}

// TextRecipe is nanoGPT's: AdamW, a linear warmup and a cosine down to a part of the rate, clipped gradients.
type TextRecipe struct {
	LR          float64
	Betas       [2]float64
	WeightDecay float64 `json:"weight_decay"` // of matrices and tables
	Warmup      int     // steps
	Last        float64 // the part of the rate that is left in the end
	Clip        float64 // the norm of gradients
}

// TextModel is a model, what it computes from its start, and its loss before each step of the recipe.
type TextModel struct {
	Name         string
	Config       json.RawMessage   // as Hugging Face's config.json
	State        map[string]Tensor // the start
	IDs, Targets Ints              // [n, t]
	Logits       Tensor
	Loss         float64
	Grads        map[string]Tensor
	Texts        [][2]Ints // for each step ids and targets
	Float32      []float64
	Float64      []float64
}

// Transformers reads transformers.json.
func Transformers(t testing.TB) *TransformersFile {
	t.Helper()
	return load[TransformersFile](t, "transformers.json")
}
