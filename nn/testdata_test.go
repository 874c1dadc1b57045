package nn_test

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
)

var update = flag.Bool("update", false, "make the files of testdata anew")

const xorFile = "testdata/xor.safetensors"

// xor is the truth table of exclusive or.  x [4, 2], y [4]
func xor() (x *nn.Tensor, y nn.Labels) {
	return autograd.From([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2), autograd.LabelsOf([]int32{0, 1, 1, 0})
}

// trainXor makes the weights that the example of embedded inference carries.
func trainXor() (*nn.Store, *nn.MLP) {
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewMLP(s.Root(), 2, 8, 2)
	opt := optim.NewAdam(s, 0.05)
	p := nn.NewPass(s, nn.Training)
	x, y := xor()
	for range 100 {
		p.Reset()
		opt.Step(p.Backward(net.Forward(p, p.Input(x)).CrossEntropy(y)))
	}
	return s, net
}

func TestTheEmbeddedWeightsAreThoseThatTrainingGives(t *testing.T) {
	t.Parallel()
	s, net := trainXor()
	x, y := xor()
	require.Equal(t, 1.0, nn.Accuracy(s, net, x, y))
	if *update {
		require.NoError(t, safetensors.Save(xorFile, s.Tensors(), dtype.F32))
	}
	stored := nn.NewStore(1, initializer.Zeros())
	nn.NewMLP(stored.Root(), 2, 8, 2)
	f, err := safetensors.Open(xorFile)
	require.NoError(t, err)
	defer f.Close()
	_, err = stored.Load(f.All())
	require.NoError(t, err)
	for _, p := range s.Params() {
		require.InDeltaSlice(t, p.Data, stored.Param(p.Name).Data, 1e-3, "%s: processors may round differently, but not by this much; -update makes the file anew", p.Name)
	}
}
