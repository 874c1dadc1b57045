package models_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// pieces cuts what a model reads, and what comes after each letter, out of a text.
func pieces(text []int32, starts []int, length int) (ids, next nn.Labels) {
	var x, y []int32
	for _, i := range starts {
		x, y = append(x, text[i:i+length]...), append(y, text[i+1:i+length+1]...)
	}
	return autograd.LabelsOf(x, len(starts), length), autograd.LabelsOf(y, len(starts), length)
}

// TestTheLossCurveOfAnLSTMMatchesPyTorch trains from PyTorch's start on its batches. Each loss must be PyTorch's to 1e-4,
// or to four times what float32 costs PyTorch itself at that step where that is more.
func TestTheLossCurveOfAnLSTMMatchesPyTorch(t *testing.T) {
	t.Parallel()
	file := golden.LSTMCurve(t)
	s := nn.NewStore(1, initializer.Zeros())
	net := models.NewCharRNN(s.Root(), models.CharRNNConfig{
		Cell: "lstm", Vocabulary: file.Vocabulary, Embedding: file.Embedding, Hidden: file.Hidden, Layers: file.Layers,
	})
	require.Len(t, s.Params(), len(file.State))
	for name, x := range file.State {
		w := s.Param(name)
		require.NotNil(t, w, name)
		require.Equal(t, x.Shape, w.Shape, name)
		copy(w.Data, golden.As[float32](x.Data))
	}
	opt := optim.NewAdam(s, file.LR)
	p := nn.NewPass(s, nn.Training)
	for step, starts := range file.Starts {
		p.Reset()
		ids, next := pieces(file.Text, starts, file.Length)
		loss := net.Forward(p, ids).CrossEntropy(next)
		want := file.Float32[step]
		allowed := max(1e-4*want, 4*math.Abs(want-file.Float64[step]))
		require.InDelta(t, want, float64(loss.Item()), allowed, "loss before step %d", step+1)
		opt.Step(p.Backward(loss))
	}
}

// charRNN is a small model of a cell.
func charRNN(cell string) (*nn.Store, *models.CharRNN) {
	s := nn.NewStore(3, initializer.PyTorchDefault())
	return s, models.NewCharRNN(s.Root(), models.CharRNNConfig{Cell: cell, Vocabulary: 7, Embedding: 5, Hidden: 40, Layers: 2, Dropout: 0.2})
}

func letters(n int) []int32 {
	r := rand.New(rand.NewPCG(1, 2))
	text := make([]int32, n)
	for i := range text {
		text[i] = r.Int32N(7)
	}
	return text
}

func TestACharRNNFedInPartsGivesTheBitsOfTheWholeSequence(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"rnn", "lstm", "gru"} {
		s, net := charRNN(cell)
		const n, length = 2, 13
		ids, _ := pieces(letters(40), []int{0, 20}, length)
		whole := nn.NewPass(s, nn.Inference)
		want := net.Forward(whole, ids)
		p := nn.NewPass(s, nn.Inference, nn.Cached(nn.NewCache()))
		for at, i := 0, 0; at < length; i++ {
			steps := min([]int{1, 1, 9, 2}[i], length-at)
			var part []int32
			for r := range n {
				part = append(part, ids.Data[r*length+at:][:steps]...)
			}
			p.Reset()
			got := net.Forward(p, autograd.LabelsOf(part, n, steps))
			require.Equal(t, want.Slice(1, at, at+steps).Data(), got.Data(), "%s, letters from %d", cell, at)
			at += steps
		}
	}
}

// Not parallel: it changes GOMAXPROCS.
func TestTrainingACharRNNGivesTheSameBitsForAnyNumberOfProcessors(t *testing.T) {
	text := letters(600)
	for _, cell := range []string{"rnn", "lstm", "gru"} {
		train := func(processors int) (values []float32) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			s := nn.NewStore(3, initializer.PyTorchDefault())
			net := models.NewCharRNN(s.Root(), models.CharRNNConfig{Cell: cell, Vocabulary: 7, Embedding: 16, Hidden: 96, Layers: 2, Dropout: 0.2})
			opt := optim.NewAdamW(s, 1e-2)
			p := nn.NewPass(s, nn.Training)
			for step := range 3 {
				p.Reset()
				starts := make([]int, 128)
				for i := range starts {
					starts[i] = (step*131 + i*17) % 500
				}
				ids, next := pieces(text, starts, 10)
				opt.Step(p.Backward(net.Forward(p, ids).CrossEntropy(next)))
			}
			for _, w := range s.Params() {
				values = append(values, w.Data...)
			}
			return values
		}
		want := train(1)
		for _, processors := range []int{2, 7} {
			require.Equal(t, want, train(processors), "%s, %d processors", cell, processors)
		}
	}
}

func TestACharRNNsConfigComesBackAsItWasWrittenAndBadOnesNameTheField(t *testing.T) {
	t.Parallel()
	good := models.CharRNNConfig{Cell: "gru", Vocabulary: 65, Embedding: 32, Hidden: 64, Layers: 2, Dropout: 0.1}
	data, err := good.Write()
	require.NoError(t, err)
	back, err := models.ReadCharRNNConfig(data)
	require.NoError(t, err)
	require.Equal(t, good, back)
	s := nn.NewStore(1, initializer.Zeros())
	models.NewCharRNN(s.Root(), good)
	n := 0
	for _, w := range s.Params() {
		n += len(w.Data)
	}
	require.Equal(t, n, good.Parameters())
	for field, change := range map[string]func(c *models.CharRNNConfig){
		"cell":                     func(c *models.CharRNNConfig) { c.Cell = "ltsm" },
		"vocab_size":               func(c *models.CharRNNConfig) { c.Vocabulary = 0 },
		"embedding_size":           func(c *models.CharRNNConfig) { c.Embedding = -1 },
		"hidden_size":              func(c *models.CharRNNConfig) { c.Hidden = 0 },
		"num_layers":               func(c *models.CharRNNConfig) { c.Layers = 0 },
		"dropout":                  func(c *models.CharRNNConfig) { c.Dropout = math.NaN() },
		"the number of parameters": func(c *models.CharRNNConfig) { c.Hidden, c.Layers = 1<<20, 1<<20 },
	} {
		c := good
		change(&c)
		var wrong *models.ConfigError
		require.ErrorAs(t, c.Check(), &wrong, field)
		require.Equal(t, field, wrong.Field)
	}
	_, err = models.ReadCharRNNConfig([]byte(`{"cell":"gru","hidden_sise":3}`))
	require.ErrorContains(t, err, `"hidden_sise"`)
}
