package optim_test

import (
	"fmt"
	"regexp"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Fit y = 2x + 1 through five points.
func Example() {
	x := autograd.From([]float32{-2, -1, 0, 1, 2}, 5, 1)
	y := autograd.From([]float32{-3, -1, 1, 3, 5}, 5, 1)
	s := nn.NewStore(1, initializer.Zeros())
	line := nn.NewLinear(s.At("line"), 1, 1)
	opt := optim.NewSGD(s, 0.1, optim.Momentum(0.5))
	p := nn.NewPass(s, nn.Training)
	for range 100 {
		p.Reset()
		d := line.Forward(p, p.Input(x)).Sub(y)
		opt.Step(p.Backward(d.Mul(d).Mean()))
	}
	fmt.Printf("y = %.3fx + %.3f\n", line.Weight.Data[0], line.Bias.Data[0])
	// Output:
	// y = 2.000x + 1.000
}

// A rate that warms up and falls, a head that learns slowly, gradients kept short.
func ExampleNewAdamW() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	body, head := nn.NewLinear(s.At("body"), 3, 8), nn.NewLinear(s.At("head"), 8, 2)
	opt := optim.NewAdamW(s, 1e-2, optim.WeightDecay(0.1),
		optim.Scheduled(optim.Warmup(2, 0.1, optim.Cosine(4, 0))),
		optim.Group(optim.Names(regexp.MustCompile(`^head\.`)), optim.LR(1e-3)))

	x, y := autograd.From([]float32{1, 2, 3, -1, 0, 1}, 2, 3), autograd.LabelsOf([]int32{0, 1})
	p := nn.NewPass(s, nn.Training)
	for range 7 {
		p.Reset()
		grads := p.Backward(head.Forward(p, body.Forward(p, p.Input(x)).ReLU()).CrossEntropy(y))
		grads.ClipNorm(1)
		fmt.Printf("step %d: rate %.4f\n", s.Step(), opt.LR())
		opt.Step(grads)
	}
	// Output:
	// step 0: rate 0.0010
	// step 1: rate 0.0055
	// step 2: rate 0.0100
	// step 3: rate 0.0085
	// step 4: rate 0.0050
	// step 5: rate 0.0015
	// step 6: rate 0.0000
}

// The average lags behind steps that jump to and fro, and lands nearer to the minimum, 0, than the last of them.
func ExampleNewEMA() {
	s := nn.NewStore(1, initializer.Ones())
	w := s.Root().Weight("w", 1, 1)
	opt := optim.NewSGD(s, 1.9) // a rate so high that every step goes too far
	average := optim.NewEMA(s, 0.8)
	p := nn.NewPass(s, nn.Training)
	for range 20 {
		p.Reset()
		x := p.Of(w)
		opt.Step(p.Backward(x.Mul(x).MulScalar(0.5).Sum()))
		average.Update()
	}
	fmt.Printf("last step %.3f\n", w.Data[0])
	average.Swap() // to score or save the average
	fmt.Printf("average   %.3f\n", w.Data[0])
	average.Swap() // to go on training
	fmt.Printf("last step %.3f\n", w.Data[0])
	// Output:
	// last step 0.122
	// average   0.001
	// last step 0.122
}

// What a flag or a file says is an error where it cannot be, not a panic.
func ExampleNew() {
	s := nn.NewStore(1, initializer.Zeros())
	for _, name := range []string{"sgd", "rprop"} {
		opt, err := optim.New(name, s, 0.1)
		fmt.Printf("%T %v\n", opt, err)
	}
	// Output:
	// *optim.SGD <nil>
	// <nil> no optimizer is called "rprop": use one of adamw, adam, sgd, rmsprop, nadam, lion, muon
}

func ExampleParseSchedule() {
	s, err := optim.ParseSchedule("warmup(10)+cosine", 110)
	fmt.Println(s, err)
	for _, step := range []int{0, 5, 10, 60, 110} {
		fmt.Printf("step %d: %.3f\n", step, s.Factor(step))
	}
	_, err = optim.ParseSchedule("step(2.5)", 110)
	fmt.Println(err)
	// Output:
	// warmup(10,0.01)+cosine(100,0) <nil>
	// step 0: 0.010
	// step 5: 0.505
	// step 10: 1.000
	// step 60: 0.500
	// step 110: 0.000
	// schedule "step(2.5)": 2.5 must be a whole number of steps, 1 or more
}
