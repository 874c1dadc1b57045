package convert_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func ExampleFile() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	weight, err := dtype.FromFloat32s("fc.weight", []int{2}, []float32{0.5, 2}, dtype.F32)
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "model.safetensors")
	if err := safetensors.Save(path, []dtype.Tensor{weight}, safetensors.AsIs); err != nil {
		panic(err)
	}

	in, err := serialize.Open(path)
	if err != nil {
		panic(err)
	}
	defer in.Close()
	r, err := convert.File(context.Background(), in, filepath.Join(dir, "model.gguf"), convert.Options{Format: serialize.GGUF, DType: dtype.F16})
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Tensors, "tensor,", r.Recast, "in another number format")
	// Output: 1 tensor, 1 in another number format
}
