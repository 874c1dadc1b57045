package nn_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

const mlpSummary = `layer    type              output  parameters  shapes
0        Linear            [1 16]  80          weight [16 4], bias [16]
1        Activation(relu)  [1 16]  -
2        Linear            [1 3]   51          weight [3 16], bias [3]
(model)  MLP               [1 3]   -

131 parameters: weight 112 (85.5%), bias 19 (14.5%)

memory     weights  gradients  state of SGD with momentum  state of Adam
fp32       524 B    524 B      524 B                       1.0 kB
fp16/bf16  262 B    262 B      262 B                       524 B
int8       131 B    131 B      131 B                       262 B
int4       66 B     66 B       66 B                        131 B
`

func TestTheSummaryOfASmallMLPReads(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := nn.NewMLP(s.Root(), 4, 16, 3)
	var text strings.Builder
	require.NoError(t, nn.Summarize(s, net, 1, 4).Write(&text))
	require.Equal(t, mlpSummary, text.String())
}

// words is a model of every kind of parameter: it looks up as many words as its input has rows.
type words struct {
	nn.Named
	table *nn.Embedding
	norm  *nn.BatchNorm1d
	head  *nn.Linear
}

func newWords(s *nn.Scope) words {
	return words{s.Named(), nn.NewEmbedding(s.At("wte"), 10, 4), nn.NewBatchNorm1d(s.At("bn"), 4), nn.NewLinear(s.At("head"), 4, 2)}
}

// Forward has a value receiver: a module need not be a pointer.
func (w words) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	ids := autograd.LabelsOf(make([]int32, x.Dim(0)))
	return p.Tap(w, w.head.Forward(p, w.norm.Forward(p, w.table.Forward(p, ids))))
}

func TestASummaryCountsByKind(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := newWords(s.At("net"))
	sum := nn.Summarize(s, net, 3, 1)
	assert.Equal(t, map[initializer.Kind]int{
		initializer.Embedding: 40, initializer.Scale: 4, initializer.Bias: 4 + 2, initializer.Buffer: 8, initializer.Weight: 8,
	}, sum.Counts)
	assert.Equal(t, 66, sum.Total())
	assert.Equal(t, 58, sum.Trainable())
	assert.Equal(t, []nn.SummaryRow{
		{Path: "net.wte", Type: "Embedding", Output: []int{3, 4}, Params: 40, Shapes: "weight [10 4]"},
		{Path: "net.bn", Type: "BatchNorm1d", Output: []int{3, 4}, Params: 16, Shapes: "weight [4], bias [4], running_mean [4], running_var [4]"},
		{Path: "net.head", Type: "Linear", Output: []int{3, 2}, Params: 10, Shapes: "weight [2 4], bias [2]"},
		{Path: "net", Type: "words", Output: []int{3, 2}},
	}, sum.Rows)
}

func TestFrozenParametersAreHeldButNotTrained(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := newWords(s.At("net"))
	net.table.Weight.Frozen = true
	net.norm.RunningMean.Frozen = true
	sum := nn.Summarize(s, net, 3, 1)
	assert.Equal(t, 66, sum.Total())
	assert.Equal(t, 40, sum.Frozen)
	assert.Equal(t, 18, sum.Trainable())
}

func TestASummaryLeavesTheStoreAlone(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := noisy(s)
	before := bits(s)
	first, second := nn.Summarize(s, net, 5, 6), nn.Summarize(s, net, 5, 6)
	assert.Equal(t, first, second)
	assert.Equal(t, before, bits(s))
	assert.Zero(t, s.Step())
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestASummaryThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	s := newStore()
	require.EqualError(t, nn.Summarize(s, nn.NewMLP(s.Root(), 2, 2), 1, 2).Write(fullDisk{}), "no space left")
}
