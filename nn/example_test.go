package nn_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Train, save, load into another model of the same shape.
func Example() {
	x := autograd.From([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := autograd.LabelsOf([]int32{0, 1, 1, 0})

	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewMLP(s.Root(), 2, 8, 2)
	opt := optim.NewAdam(s, 0.05)
	p := nn.NewPass(s, nn.Training)
	for range 100 {
		p.Reset()
		opt.Step(p.Backward(net.Forward(p, p.Input(x)).CrossEntropy(y)))
	}
	fmt.Println("accuracy", nn.Accuracy(s, net, x, y))

	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "xor.safetensors")
	if err := safetensors.Save(path, s.Tensors(), dtype.F32); err != nil {
		fmt.Println(err)
		return
	}

	s = nn.NewStore(2, initializer.KaimingNormal())
	net = nn.NewMLP(s.Root(), 2, 8, 2)
	f, err := safetensors.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	report, err := s.Load(f.All())
	fmt.Println("loaded", report.Loaded, err)
	fmt.Println("accuracy", nn.Accuracy(s, net, x, y))
	// Output:
	// accuracy 1
	// loaded [0.bias 0.weight 2.bias 2.weight] <nil>
	// accuracy 1
}

// A backbone from elsewhere, under other names, with a head of one's own.
func ExampleStore_Load() {
	backbone, err := dtype.FromFloat32s("model.encoder.weight", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}, dtype.F16)
	if err != nil {
		fmt.Println(err)
		return
	}
	file := func(yield func(dtype.Tensor, error) bool) { yield(backbone, nil) }

	s := nn.NewStore(1, initializer.Zeros())
	nn.NewLinear(s.At("encoder"), 3, 2, nn.NoBias())
	nn.NewLinear(s.At("head"), 2, 4, nn.NoBias())
	prefix := regexp.MustCompile(`^model\.`)

	_, err = s.Load(file, nn.Rename(prefix, ""))
	fmt.Println(err)
	report, err := s.Load(file, nn.Rename(prefix, ""), nn.Partial())
	fmt.Println(report.Loaded, report.Missing, err)
	s.Param("encoder.weight").Frozen = true
	fmt.Println(s.Param("encoder.weight").Data)
	// Output:
	// the weights do not fit the model: 1 parameters are missing (["head.weight"])
	// [encoder.weight] [head.weight] <nil>
	// [1 2 3 4 5 6]
}

// Gradients of several small batches add up to a step of a large one.
func ExampleGrads_Add() {
	s := nn.NewStore(1, initializer.Ones())
	net := nn.NewLinear(s.At("fc"), 1, 1, nn.NoBias())
	opt := optim.NewSGD(s, 0.1)
	p := nn.NewPass(s, nn.Training)
	var sum nn.Grads
	for _, x := range []float32{1, 2, 3} {
		p.Reset()
		sum.Add(p.Backward(net.Forward(p, p.Input(autograd.From([]float32{x}, 1, 1))).Sum()))
	}
	sum.Scale(1.0 / 3)
	fmt.Println("gradient", sum.Of(net.Weight))
	opt.Step(sum)
	fmt.Println("weight", net.Weight.Data)
	// Output:
	// gradient [2]
	// weight [0.8]
}

func ExampleSummarize() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewMLP(s.Root(), 64, 128, 10)
	if err := nn.Summarize(s, net, 1, 64).Write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// layer    type              output   parameters  shapes
	// 0        Linear            [1 128]  8320        weight [128 64], bias [128]
	// 1        Activation(relu)  [1 128]  -
	// 2        Linear            [1 10]   1290        weight [10 128], bias [10]
	// (model)  MLP               [1 10]   -
	//
	// 9610 parameters: weight 9472 (98.6%), bias 138 (1.44%)
	//
	// memory     weights  gradients  state of SGD with momentum  state of Adam
	// fp32       38 kB    38 kB      38 kB                       77 kB
	// fp16/bf16  19 kB    19 kB      19 kB                       38 kB
	// int8       9.6 kB   9.6 kB     9.6 kB                      19 kB
	// int4       4.8 kB   4.8 kB     4.8 kB                      9.6 kB
}
