package serialize_test

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// A file opens whatever its format is, and becomes a file of another.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	weight, err := dtype.FromFloat32s("fc.weight", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}, dtype.F32)
	if err != nil {
		log.Fatal(err)
	}
	path := filepath.Join(dir, "model.safetensors")
	if err := safetensors.Save(path, []dtype.Tensor{weight}, safetensors.AsIs); err != nil {
		log.Fatal(err)
	}

	f, err := serialize.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	infos := f.Tensors()
	for i := range infos {
		infos[i].DType = dtype.F16
	}
	other := filepath.Join(dir, "model.pt")
	err = serialize.Create(other, serialize.PyTorch, infos, nil, serialize.Content(f))
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	if err != nil {
		log.Fatal(err)
	}

	g, err := serialize.Open(other)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = g.Close() }()
	for _, t := range g.Tensors() {
		fmt.Println(g.Format(), t.Name, t.Type, t.Shape, t.Bytes)
	}
	// Output: pytorch fc.weight F16 [2 3] 12
}

// The folder of a model has its configuration beside the weights.
func ExampleOpenFolder() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	err = safetensors.Save(filepath.Join(dir, "model.safetensors"), nil, safetensors.AsIs)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "config.json"), []byte(`{"model_type": "gpt2"}`), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
	m, err := serialize.OpenFolder(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	fmt.Println(m.WeightsFile, string(m.Config), m.Tokenizer == nil)
	// Output: model.safetensors {"model_type": "gpt2"} true
}

// Bytes in memory are read in place, as those of a file that was downloaded.
func ExampleNewReader() {
	weight, err := dtype.FromFloat32s("fc.weight", []int{2}, []float32{1, 2}, dtype.F32)
	if err != nil {
		log.Fatal(err)
	}
	var b bytes.Buffer
	if err := safetensors.Write(&b, []dtype.Tensor{weight}, safetensors.AsIs); err != nil {
		log.Fatal(err)
	}
	f, err := serialize.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	w, err := f.Read("fc.weight")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Format(), w.Name, w.DType, w.Shape)
	// Output: safetensors fc.weight F32 [2]
}

// Weights that a program embeds are opened as those of any fs.FS, the index of many files too.
func ExampleOpenFS() {
	var b bytes.Buffer
	if err := safetensors.Write(&b, []dtype.Tensor{{Name: "mask", DType: dtype.U8, Shape: []int{3}, Data: []byte{1, 0, 1}}}, safetensors.AsIs); err != nil {
		log.Fatal(err)
	}
	fsys := fstest.MapFS{
		"net/model-00001-of-00001.safetensors": {Data: b.Bytes()},
		"net/model.safetensors.index.json":     {Data: []byte(`{"weight_map": {"mask": "model-00001-of-00001.safetensors"}}`)},
	}
	f, err := serialize.OpenFS(fsys, "net/model.safetensors.index.json")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	err = f.View("mask", func(data []byte) error {
		fmt.Println(data)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: [1 0 1]
}
