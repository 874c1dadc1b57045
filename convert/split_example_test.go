package convert_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// A model of two tensors becomes two files and their index, which opens as the model.
func ExampleSplit() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	whole := filepath.Join(dir, "whole.safetensors")
	weight, err := dtype.FromFloat32s("fc.weight", []int{2, 2}, []float32{1, 2, 3, 4}, dtype.F32)
	if err != nil {
		log.Fatal(err)
	}
	bias, err := dtype.FromFloat32s("fc.bias", []int{2}, []float32{0, 1}, dtype.F32)
	if err != nil {
		log.Fatal(err)
	}
	if err := safetensors.Save(whole, []dtype.Tensor{weight, bias}, safetensors.AsIs); err != nil {
		log.Fatal(err)
	}
	in, err := serialize.Open(whole)
	if err != nil {
		log.Fatal(err)
	}
	defer in.Close()

	r, err := convert.Split(context.Background(), in, filepath.Join(dir, "model.safetensors"), 16, convert.Options{Format: in.Format()})
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range r.Files {
		fmt.Println(filepath.Base(file))
	}
	// Output:
	// model-00001-of-00002.safetensors
	// model-00002-of-00002.safetensors
	// model.safetensors.index.json
}
