package gguf_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/gguf"
)

func tensor(name string, shape ...int) dtype.Tensor {
	values := make([]float32, dtype.Tensor{Shape: shape}.NumElements())
	for i := range values {
		values[i] = float32(i%7) - 3
	}
	t, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
	if err != nil {
		log.Fatal(err)
	}
	return t
}

func Example() {
	dir, err := os.MkdirTemp("", "gguf")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "model.gguf")

	metadata := gguf.Metadata{
		{Key: gguf.KeyArchitecture, Value: gguf.Of("llama")},
		{Key: "llama.block_count", Value: gguf.Of(uint32(2))},
		{Key: "tokenizer.ggml.tokens", Value: gguf.ArrayOf([]string{"<unk>", "▁the"})},
	}
	tensors := []dtype.Tensor{tensor("output.weight", 4, 256), tensor("output_norm.weight", 256)}
	if err := gguf.Save(path, metadata, tensors, gguf.Pure(ggml.Q4_K)); err != nil {
		log.Fatal(err)
	}

	f, err := gguf.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, kv := range f.Metadata() {
		fmt.Println(kv.Key, kv.Value.TypeName(), kv.Value)
	}
	for _, info := range f.Tensors() {
		fmt.Println(info.Name, info.Type, info.Shape, info.Bytes)
	}
	w, err := f.Read("output.weight")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.DType, len(w.Data))
	// Output:
	// general.architecture str llama
	// llama.block_count u32 2
	// tokenizer.ggml.tokens arr[str] ["<unk>", "▁the"]
	// general.quantization_version u32 2
	// output.weight Q4_K [4 256] 576
	// output_norm.weight F32 [256] 1024
	// F32 4096
}

// A file of any types is requantized in little memory, tensor by tensor.
func ExampleCreate() {
	dir, err := os.MkdirTemp("", "gguf")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "model.gguf")
	if err := gguf.Save(path, nil, []dtype.Tensor{tensor("output.weight", 4, 256)}, gguf.Pure(ggml.BF16)); err != nil {
		log.Fatal(err)
	}

	f, err := gguf.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	infos := f.Tensors()
	for i := range infos {
		infos[i].DType, infos[i].Type = 0, "Q8_0"
	}
	small := filepath.Join(dir, "small.gguf")
	if err := gguf.Create(small, f.Metadata(), infos, f.Content); err != nil {
		log.Fatal(err)
	}
	tensors, _, err := gguf.Load(small)
	if err != nil {
		log.Fatal(err)
	}
	values, err := tensors[0].Float32s(nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %.2f\n", tensors[0].Name, values[:3])
	// Output: output.weight [-3.00 -2.01 -0.99]
}
