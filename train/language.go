package train

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// languageSizes are the sizes of a model of text. Those that a kind does not have are zero.
type languageSizes struct {
	Cell          string // rnn, lstm or gru
	Layers, Width int
	Heads, KV     int // heads of queries, and of keys and values
	Context       int // tokens that the model sees in training
}

// numbers are the sizes by the names that --model has for them.
func (s *languageSizes) numbers() []languageSize {
	return []languageSize{{"layers", &s.Layers}, {"width", &s.Width}, {"heads", &s.Heads}, {"kv", &s.KV}, {"context", &s.Context}}
}

type languageSize struct {
	name  string
	value *int
}

// String returns the sizes as --model takes them.
func (s languageSizes) String() string {
	var words []string
	if s.Cell != "" {
		words = append(words, "cell="+s.Cell)
	}
	for _, n := range s.numbers() {
		if *n.value != 0 {
			words = append(words, fmt.Sprintf("%s=%d", n.name, *n.value))
		}
	}
	return strings.Join(words, ",")
}

// language is a kind of model of text that --model can name. A new one is a row of languages.
type language struct {
	name          string
	about         string
	languageSizes               // where --model names none
	start         func(*Config) // its own defaults; nil where those of texts serve
	config        func(s languageSizes, vocabulary int, dropout float64) models.Config
}

var languages = []language{
	{"gpt", "GPT-2, for texts", languageSizes{Layers: 4, Width: 128, Heads: 4, Context: 64}, nil, gptConfig},
	{"llama", "Llama, for texts; kv: heads of keys and values", languageSizes{Layers: 4, Width: 128, Heads: 4, KV: 2, Context: 64}, nil, llamaConfig},
	{"charrnn", "recurrent network (rnn, lstm, gru), for texts", languageSizes{Cell: "lstm", Layers: 2, Width: 128, Context: 64}, likeCharRNN, charRNNConfig},
}

// likeCharRNN starts as PyTorch does, and learns faster than a transformer may.
func likeCharRNN(c *Config) { c.Init, c.LR, c.WeightDecay = "pytorch-default", 4e-3, 0.01 }

func gptConfig(s languageSizes, vocabulary int, dropout float64) models.Config {
	c := models.NewGPTConfig()
	c.Vocabulary, c.Positions, c.Width, c.Layers, c.Heads = vocabulary, s.Context, s.Width, s.Layers, s.Heads
	c.ResidDrop, c.EmbdDrop, c.AttnDrop = dropout, dropout, dropout
	return c
}

// llamaConfig makes the MLP 8/3 as wide as the model, rounded up to a multiple of 32 (arXiv:2302.13971, section 2.2).
func llamaConfig(s languageSizes, vocabulary int, dropout float64) models.Config {
	c := models.NewLlamaConfig()
	c.Vocabulary, c.Positions, c.Width, c.Layers, c.Heads, c.KVHeads = vocabulary, s.Context, s.Width, s.Layers, s.Heads, s.KV
	c.Inner, c.AttnDrop = (8*s.Width/3+31)/32*32, dropout
	return c
}

func charRNNConfig(s languageSizes, vocabulary int, dropout float64) models.Config {
	return models.CharRNNConfig{Cell: s.Cell, Vocabulary: vocabulary, Embedding: s.Width, Hidden: s.Width, Layers: s.Layers, Dropout: dropout}
}

// parseLanguage reads a model of text. The error says what is not understood.
func parseLanguage(text string) (language, error) {
	kind, sizes, given := strings.Cut(text, ":")
	at := slices.IndexFunc(languages, func(l language) bool { return l.name == kind })
	if at < 0 {
		var forms []string
		for _, l := range languages {
			forms = append(forms, l.form())
		}
		return language{}, fmt.Errorf("no model of text is called %.100q%s: use one of %s", text, suggest.For(text, forms), strings.Join(forms, ", "))
	}
	l := languages[at]
	if given {
		if err := l.set(sizes); err != nil {
			return l, fmt.Errorf("model %.100q: %w", text, err)
		}
	}
	if err := l.config(l.languageSizes, 1, 0).Check(); err != nil {
		return l, fmt.Errorf("model %.100q: %w", text, err)
	}
	return l, nil
}

// isLanguage tells whether a model given as text is one of text, well written or not.
func isLanguage(text string) bool {
	kind, _, _ := strings.Cut(text, ":")
	return slices.ContainsFunc(languages, func(l language) bool { return l.name == kind })
}

// set reads sizes: layers=4,width=128.
func (l *language) set(sizes string) error {
	for word := range strings.SplitSeq(sizes, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		if key == "cell" && l.Cell != "" {
			l.Cell = value
			continue
		}
		numbers := l.numbers()
		at := slices.IndexFunc(numbers, func(n languageSize) bool { return n.name == key && *n.value != 0 })
		if at < 0 {
			return fmt.Errorf("%s has no size %q: write it as %s", l.name, key, l.form())
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxWidth {
			return fmt.Errorf("%s is %q, but must be a whole number from 1 to %d", key, value, maxWidth)
		}
		*numbers[at].value = n
	}
	return nil
}

// form is how a model is written, with its sizes.
func (l language) form() string { return l.name + ":" + l.languageSizes.String() }

// languageConfig returns the configuration of the model of text, for so many tokens.
func (c Config) languageConfig(vocabulary int) (models.Config, error) {
	l, err := parseLanguage(c.Model)
	if err != nil {
		return nil, err
	}
	config := l.config(l.languageSizes, vocabulary, c.Dropout)
	if err := config.Check(); err != nil {
		return nil, fmt.Errorf("model %s: %w", c.Model, err)
	}
	return config, nil
}

// buildLanguage declares the model of text that languageConfig describes, started as configured.
func (c Config) buildLanguage(config models.Config) (s *nn.Store, m models.Language, err error) {
	scheme, err := initializer.Parse(c.Init)
	if err != nil {
		return nil, nil, err
	}
	s = nn.NewStore(c.Seed, scheme)
	if mistake := autograd.Catch(func() { m = config.New(s.Root()) }); mistake != nil {
		return nil, nil, fmt.Errorf("init %s and model %s do not go together: %w", c.Init, c.Model, mistake)
	}
	return s, m, c.checkInitRules(s)
}
