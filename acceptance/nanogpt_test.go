package acceptance_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/train"
)

// shakespeareVariable names the file tinyshakespeare/input.txt of github.com/karpathy/char-rnn, which Heft does not carry.
const shakespeareVariable = "HEFT_TINYSHAKESPEARE"

// nanoGPT's recipe for a CPU: see nanogpt.py, which follows it in PyTorch.
const (
	nanoSteps   = 2000
	nanoBatch   = 12
	nanoContext = 64
	nanoWarmup  = 100
)

// TestGPTLearnsShakespeareAsWellAsNanoGPT compares losses over the whole validation split, in nats a character. Three seeds
// differ by 0.01 or so; nanoGPT's README has 1.88, an estimate from 20 batches.
func TestGPTLearnsShakespeareAsWellAsNanoGPT(t *testing.T) {
	t.Parallel()
	if !testmode.Full() {
		t.Skip("run with -full to train the six models")
	}
	path := os.Getenv(shakespeareVariable)
	if path == "" {
		t.Skipf("%s must name tinyshakespeare/input.txt: get it from github.com/karpathy/char-rnn, folder data", shakespeareVariable)
	}
	interop.Python(t)
	text, err := data.LoadText(data.Spec{Name: "text:" + path, Tokenizer: "chars", Validation: 0.1})
	require.NoError(t, err)
	require.Equal(t, 111_540, len(text.Validation.IDs), "nanoGPT's validation split")
	seeds := []uint64{1, 2, 3}
	var ours, theirs []float64
	for _, seed := range seeds {
		begun := time.Now()
		ours = append(ours, learnLikeNanoGPT(text, seed))
		t.Logf("seed %d: %.4f, %v", seed, ours[len(ours)-1], time.Since(begun).Round(time.Second))
	}
	require.NoError(t, json.Unmarshal([]byte(interop.Run(t, "nanogpt.py", path, commas(seeds))), &theirs))
	require.Len(t, theirs, len(seeds))
	t.Logf("heft %.4f %.4f  PyTorch %.4f %.4f", mean(ours), ours, mean(theirs), theirs)
	assert.LessOrEqual(t, mean(ours), 1.93)
	assert.InDelta(t, mean(theirs), mean(ours), 0.02)
}

// learnLikeNanoGPT trains a GPT and returns its loss over the validation part.
func learnLikeNanoGPT(text *data.TextParts, seed uint64) float64 {
	c := models.NewGPTConfig()
	c.Vocabulary, c.Positions, c.Width, c.Layers, c.Heads = text.Tokenizer.Len(), nanoContext, 128, 4, 4
	c.Activation, c.ResidDrop, c.EmbdDrop, c.AttnDrop = "gelu", 0, 0, 0
	s := nn.NewStore(seed, initializer.GPT2(0.02))
	model := models.NewGPT(s.Root(), c)
	for _, p := range s.Params() {
		p.Frozen = p.Kind == initializer.Bias // at 0: nanoGPT has none
	}
	rates := optim.Warmup(nanoWarmup, 1./(nanoWarmup+1), optim.Cosine(nanoSteps-nanoWarmup, 0.1))
	opt := optim.NewAdamW(s, 1e-3, optim.Betas(0.9, 0.99), optim.WeightDecay(0.1), optim.Scheduled(rates))
	p := nn.NewPass(s, nn.Training)
	for b := range text.Train.Random(nanoBatch, nanoContext, s.Rand("windows")) {
		if s.Step() == nanoSteps {
			break
		}
		p.Reset()
		grads := p.Backward(model.Forward(p, b.IDs).CrossEntropy(b.Y))
		grads.ClipNorm(1)
		opt.Step(grads)
	}
	return train.EvaluateText(s, model, text.Validation, nanoContext).Loss
}
