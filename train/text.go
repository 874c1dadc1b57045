package train

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/tokenizer"
)

// TokenizerKey is the metadata of a model of text: a tokenizer.json.
const TokenizerKey = "heft.tokenizer"

// What a model of text writes while it is trained.
const (
	samplePrompt      = 8 // tokens, from the held-out part
	sampleLength      = 120
	sampleTemperature = 0.8
)

// textTask learns to go on with a text.
type textTask struct {
	config  Config
	parts   *data.TextParts
	store   *nn.Store
	model   models.Language
	context int // tokens of a window
}

// hashes has no validation part of its own: the part that is held out is what the run is tested with.
func (t *textTask) hashes() DataHashes {
	return DataHashes{Train: t.parts.Train.Hash(), Test: t.parts.Validation.Hash()}
}

func (t *textTask) build(c Config) (*nn.Store, error) {
	l, err := parseLanguage(c.Model)
	if err != nil {
		return nil, err
	}
	for _, part := range []*data.Text{t.parts.Train, t.parts.Validation} {
		if err := part.Check(l.Context); err != nil {
			return nil, err
		}
	}
	if c.Batch > mostTokens/l.Context {
		return nil, fmt.Errorf("batch is %d windows of %d tokens, but a step has at most %d tokens", c.Batch, l.Context, mostTokens)
	}
	t.config, t.context = c, l.Context
	config, err := c.languageConfig(t.parts.Tokenizer.Len())
	if err != nil {
		return nil, err
	}
	t.store, t.model, err = c.buildLanguage(config)
	return t.store, err
}

func (t *textTask) steps(round int) int {
	return min(t.config.EvalEvery, t.config.Steps-round*t.config.EvalEvery)
}

func (t *textTask) size() int { return t.steps(0) * t.config.Batch * t.context }

func (t *textTask) batches(round int) iter.Seq[data.Batch] {
	return t.parts.Train.Random(t.config.Batch, t.context, t.store.Rand("windows", round))
}

func (t *textTask) change(b data.Batch) data.Batch { return b }

func (t *textTask) forward(p *nn.Pass, b data.Batch) *nn.Tensor { return t.model.Forward(p, b.IDs) }

func (t *textTask) validate() Score {
	return EvaluateText(t.store, t.model, t.parts.Validation, t.context)
}

func (t *textTask) test() Score { return t.validate() }

// sample goes on with the start of the held-out part.
func (t *textTask) sample() string {
	prompt := t.parts.Validation.IDs[:min(samplePrompt, len(t.parts.Validation.IDs))]
	written, err := models.Generate(context.Background(), t.store, t.model, prompt, sampleLength, models.Sampling{Temperature: sampleTemperature, Seed: t.config.Seed})
	if err != nil {
		panic(fmt.Errorf("train: %w", err)) // the prompt is of the model's own tokens
	}
	ids := append([]int32(nil), prompt...)
	for id := range written {
		ids = append(ids, id)
	}
	return strings.ToValidUTF8(string(t.parts.Tokenizer.Decode(ids)), "\uFFFD")
}

func (t *textTask) regression() bool { return false }

func (t *textTask) unit() float64 { return 1 }

func (t *textTask) made(r *Result) { r.Text, r.Language = t.parts, t.model }

func (t *textTask) input() (key string, value any, err error) {
	var text bytes.Buffer
	err = tokenizer.Write(&text, t.parts.Tokenizer)
	return TokenizerKey, json.RawMessage(text.Bytes()), err
}

// mostTokens bounds the windows of a step, for which there is room before anything is learned.
const mostTokens = 1 << 24

// Bounds of what is scored of a text at once.
const (
	textBatch  = 64      // windows
	textLogits = 1 << 22 // numbers that the model gives for them
)

// EvaluateText scores a model on a whole text, in consecutive windows of context tokens: every token but the first is
// predicted once. Loss is in nats a token, accuracy the share of tokens that the model held most likely.
func EvaluateText(s *nn.Store, m models.Language, text *data.Text, context int) Score {
	var sum tally
	p := nn.NewPass(s, nn.Inference)
	size := min(textBatch, max(1, textLogits/(context*m.Vocabulary())))
	for b := range text.Windows(size, context) {
		p.Reset()
		out := m.Forward(p, b.IDs)
		sum.add(out, lossOf(out, b, 0), b)
	}
	score := sum.score(false, 1)
	score.Characters = text.Characters
	return score
}
