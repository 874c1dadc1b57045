package inspect_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func ExampleFile() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	weight, err := dtype.FromFloat32s("fc.weight", []int{2, 3}, []float32{-1, 0, 0.5, 0.5, 1, 2}, dtype.BF16)
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "model.safetensors")
	if err := safetensors.Save(path, []dtype.Tensor{weight}, safetensors.AsIs); err != nil {
		panic(err)
	}

	r, err := inspect.File(context.Background(), path, inspect.WithStats())
	if err != nil {
		panic(err)
	}
	for _, t := range r.Tensors {
		fmt.Println(t.Name, t.Kind, t.DType, t.Shape, t.Stats.Min, t.Stats.Mean, t.Stats.Max)
	}
	// Output: fc.weight weight BF16 [2 3] -1 0.5 2
}
