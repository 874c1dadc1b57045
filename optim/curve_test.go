package optim_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	"github.com/heft-ml/heft/nn"
)

// TestLossCurvesMatchPyTorch trains an MLP on the digits from PyTorch's start, on PyTorch's batches. Each loss must be
// PyTorch's to 1e-4, or to four times what float32 costs PyTorch itself at that step where that is more.
func TestLossCurvesMatchPyTorch(t *testing.T) {
	t.Parallel()
	file := golden.Curves(t)
	digits := data.DigitsFull()
	for _, curve := range file.Curves {
		t.Run(curve.Name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.Zeros())
			net := nn.NewMLP(s.Root(), file.Widths...)
			require.Len(t, s.Params(), len(file.State))
			for name, x := range file.State {
				w := s.Param(name)
				require.NotNil(t, w, name)
				require.Equal(t, x.Shape, w.Shape, name)
				copy(w.Data, golden.As[float32](x.Data))
			}
			opt := goldenOptimizer(t, s, curve.Optimizer, &curve.Args)
			p := nn.NewPass(s, nn.Training)
			for step, rows := range file.Rows {
				p.Reset()
				batch := digits.Subset("batch", rows)
				loss := net.Forward(p, p.Input(batch.X)).CrossEntropy(batch.Y)
				want := curve.Float32[step]
				allowed := max(1e-4*want, 4*math.Abs(want-curve.Float64[step]))
				require.InDelta(t, want, float64(loss.Item()), allowed, "loss before step %d", step+1)
				opt.Step(p.Backward(loss))
			}
		})
	}
	assert.NotEmpty(t, file.Curves)
}
