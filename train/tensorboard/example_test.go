package tensorboard_test

import (
	"fmt"
	"os"

	"github.com/heft-ml/heft/train/tensorboard"
)

// A training is killed after step 3, and goes on from a checkpoint of step 2.
func Example() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	run := func(from, to int, loss float32, opts ...tensorboard.Option) {
		w, err := tensorboard.Create(dir, opts...)
		if err != nil {
			panic(err)
		}
		for step := from; step < to; step++ {
			w.Scalar("loss", step, loss/float32(step+1))
			w.Histogram("fc1.weight", step, []float32{-0.1, 0.2, 0.2})
		}
		if err := w.Close(); err != nil { // whatever went wrong before is told here
			panic(err)
		}
	}
	run(0, 4, 1)
	run(2, 5, 2, tensorboard.ResumeAt(2))

	events, err := tensorboard.Load(dir)
	if err != nil {
		panic(err)
	}
	for _, e := range events {
		switch v := e.Value.(type) {
		case tensorboard.Scalar:
			fmt.Printf("%d %s %.3f\n", e.Step, e.Tag, v)
		case *tensorboard.Histogram:
			fmt.Printf("%d %s %v values from %.1f to %.1f\n", e.Step, e.Tag, v.Num, v.Min, v.Max)
		}
	}
	// Output:
	// 0 loss 1.000
	// 0 fc1.weight 3 values from -0.1 to 0.2
	// 1 loss 0.500
	// 1 fc1.weight 3 values from -0.1 to 0.2
	// 2 loss 0.667
	// 2 fc1.weight 3 values from -0.1 to 0.2
	// 3 loss 0.500
	// 3 fc1.weight 3 values from -0.1 to 0.2
	// 4 loss 0.400
	// 4 fc1.weight 3 values from -0.1 to 0.2
}

func ExampleRead() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	w, err := tensorboard.Create(dir, tensorboard.ResumeAt(100))
	if err != nil {
		panic(err)
	}
	w.Scalar("loss", 100, 0.25)
	if err := w.Close(); err != nil {
		panic(err)
	}

	f, err := os.Open(w.Path())
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for e, err := range tensorboard.Read(f) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("step %d: %T %q %v\n", e.Step, e.Value, e.Tag, e.Value)
	}
	// Output:
	// step 0: tensorboard.Version "" brain.Event:2
	// step 100: tensorboard.Start "" {}
	// step 100: tensorboard.Scalar "loss" 0.25
}
