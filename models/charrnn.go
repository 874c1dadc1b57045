package models

import (
	"fmt"
	"math"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// CharRNNConfig describes a [CharRNN].
type CharRNNConfig struct {
	Cell       string  `json:"cell"` // rnn, lstm or gru
	Vocabulary int     `json:"vocab_size"`
	Embedding  int     `json:"embedding_size"`
	Hidden     int     `json:"hidden_size"`
	Layers     int     `json:"num_layers"`
	Dropout    float64 `json:"dropout"` // of what each layer but the last returns
}

// charRNNKeys has what the configuration's file may hold beside: Hugging Face has no such model.
var charRNNKeys = hfKeys{model: "charrnn"}

// ReadCharRNNConfig reads a configuration as [CharRNNConfig.Write] writes it. Every field is needed. Unknown keys and
// values that cannot be are errors that name the key.
func ReadCharRNNConfig(data []byte) (CharRNNConfig, error) {
	var c CharRNNConfig
	if err := charRNNKeys.read(data, &c); err != nil {
		return CharRNNConfig{}, err
	}
	return c, c.Check()
}

// Write returns the configuration as JSON.
func (c CharRNNConfig) Write() ([]byte, error) { return charRNNKeys.write(c, "CharRNN") }

// Check returns a [*ConfigError] that names the first field that cannot be used.
func (c CharRNNConfig) Check() error {
	const model = "charrnn"
	if charRNNGates[c.Cell] == 0 {
		return &ConfigError{model, "cell", fmt.Sprintf("%q", c.Cell), "it must be rnn, lstm or gru"}
	}
	err := checkSizes(model, size{"vocab_size", c.Vocabulary}, size{"embedding_size", c.Embedding}, size{"hidden_size", c.Hidden}, size{"num_layers", c.Layers})
	if err != nil {
		return err
	}
	if err := checkProbabilities(model, []string{"dropout"}, c.Dropout); err != nil {
		return err
	}
	return checkCount(model, c.Parameters())
}

// charRNNGates are the cells, and the gates of each.
var charRNNGates = map[string]int{"rnn": 1, "lstm": 4, "gru": 3}

// Parameters returns how many numbers the model has.
func (c CharRNNConfig) Parameters() int {
	gates := charRNNGates[c.Cell] * c.Hidden
	first, other := gates*(c.Embedding+c.Hidden+2), gates*(2*c.Hidden+2)
	if other > mostParameters { // more layers could overflow
		return math.MaxInt
	}
	return c.Vocabulary*(c.Embedding+c.Hidden+1) + first + (c.Layers-1)*other
}

// CharRNN is a recurrent model of text: an embedding, recurrent layers and a head (Graves 2013, arXiv:1308.0850). Its
// state is all that it knows of what came before, so a [nn.Cache] stays small however long the text is.
type CharRNN struct {
	nn.Named
	Config CharRNNConfig
	Tokens *nn.Embedding // embedding
	Layers nn.Layer      // an [nn.RNN], [nn.LSTM] or [nn.GRU], by the cell's name
	Head   *nn.Linear    // head
}

// NewCharRNN declares embedding, the recurrent layers and head. A configuration that cannot be panics with a
// [*ConfigError].
func NewCharRNN(s *nn.Scope, c CharRNNConfig) *CharRNN {
	must(c.Check())
	return &CharRNN{
		Named: s.Named(), Config: c,
		Tokens: nn.NewEmbedding(s.At("embedding"), c.Vocabulary, c.Embedding),
		Layers: c.recurrent(s.At(c.Cell)),
		Head:   nn.NewLinear(s.At("head").Width(c.Hidden).Part(initializer.Head), c.Hidden, c.Vocabulary),
	}
}

func (c CharRNNConfig) recurrent(s *nn.Scope) nn.Layer {
	r := nn.RecurrentConfig{In: c.Embedding, Hidden: c.Hidden, Layers: c.Layers, Dropout: c.Dropout}
	switch c.Cell {
	case "lstm":
		return nn.NewLSTM(s, r)
	case "gru":
		return nn.NewGRU(s, r)
	}
	return nn.NewRNN(s, r)
}

// Forward computes logits [n, t, v] from ids [n, t].
func (m *CharRNN) Forward(p *nn.Pass, ids nn.Labels) *nn.Tensor {
	requireSequences("charrnn", ids)
	return p.Tap(m, m.Head.Forward(p, m.Layers.Forward(p, m.Tokens.Forward(p, ids))))
}

// Context returns 0: a sequence may be of any length.
func (m *CharRNN) Context() int { return 0 }

// Vocabulary returns how many tokens there are.
func (m *CharRNN) Vocabulary() int { return m.Config.Vocabulary }
