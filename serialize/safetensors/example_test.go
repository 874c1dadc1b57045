package safetensors_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func Example() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	weight, err := dtype.FromFloat32s("fc.weight", []int{2, 3}, []float32{0, 0.5, 1, 1.5, 2, 2.5}, dtype.F32)
	if err != nil {
		panic(err)
	}
	err = safetensors.Save(path, []dtype.Tensor{weight}, dtype.BF16, safetensors.Metadata(map[string]string{"epoch": "3"}))
	if err != nil {
		panic(err)
	}

	tensors, metadata, err := safetensors.Load(path)
	if err != nil {
		panic(err)
	}
	for _, t := range tensors {
		values, err := t.Float32s(nil)
		if err != nil {
			panic(err)
		}
		fmt.Println(t.Name, t.DType, t.Shape, values)
	}
	fmt.Println(metadata)
	// Output:
	// fc.weight BF16 [2 3] [0 0.5 1 1.5 2 2.5]
	// map[epoch:3 format:pt]
}

func ExampleSave_overflow() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	bias, err := dtype.FromFloat32s("fc.bias", []int{3}, []float32{1, 7e4, -1e30}, dtype.F32)
	if err != nil {
		panic(err)
	}
	tensors := []dtype.Tensor{bias}
	fmt.Println(safetensors.Save(path, tensors, dtype.F16))

	var report dtype.OverflowReport
	err = safetensors.Save(path, tensors, dtype.F16, safetensors.Saturate(), safetensors.CountOverflow(&report))
	fmt.Println(report.Total(), err)
	// Output:
	// overflow refused: 2 of 3 values of "fc.bias" are beyond F16's 65504: use a wider dtype, or allow infinities (AllowInf), or clamp (Saturate)
	// 2 <nil>
}

func ExampleNewReader() {
	file := []byte("\x40\x00\x00\x00\x00\x00\x00\x00" +
		`{"ids":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}         ` + "\x07\x08")
	_, err := safetensors.NewReader(bytes.NewReader(file), int64(len(file)))
	fmt.Println(errors.Is(err, safetensors.MetadataIncompleteBuffer))
	fmt.Println(err)
	// Output:
	// true
	// safetensors: incomplete file: truncated download? header says 75 bytes, file has 74
}

func ExampleFile_All() {
	file := []byte("\x40\x00\x00\x00\x00\x00\x00\x00" +
		`{"ids":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}         ` + "\x07\x08\x09")
	f, err := safetensors.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		panic(err)
	}
	for t, err := range f.All() {
		if err != nil {
			panic(err)
		}
		fmt.Println(t.Name, t.Shape, t.Data)
	}
	// Output: ids [3] [7 8 9]
}

func ExampleCreate() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	weight, err := dtype.FromFloat32s("fc.weight", []int{2, 3}, []float32{0, 0.5, 1, 1.5, 2, 2.5}, dtype.F32)
	if err != nil {
		panic(err)
	}
	if err := safetensors.Save(filepath.Join(dir, "f32"), []dtype.Tensor{weight}, safetensors.AsIs); err != nil {
		panic(err)
	}

	f, err := safetensors.Open(filepath.Join(dir, "f32"))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	infos := f.Tensors()
	for i := range infos {
		infos[i].DType = dtype.F8E4M3 // Content converts, a piece at a time
	}
	if err := safetensors.Create(filepath.Join(dir, "f8"), infos, f.Content); err != nil {
		panic(err)
	}

	tensors, _, err := safetensors.Load(filepath.Join(dir, "f8"))
	if err != nil {
		panic(err)
	}
	values, err := tensors[0].Float32s(nil)
	fmt.Println(tensors[0].DType, tensors[0].Data, values, err)
	// Output: F8_E4M3 [0 48 56 60 64 66] [0 0.5 1 1.5 2 2.5] <nil>
}

func ExampleFile_ReadSlice() {
	file := []byte("\x40\x00\x00\x00\x00\x00\x00\x00" +
		`{"ids":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}}       ` + "\x00\x01\x02\x03\x04\x05")
	f, err := safetensors.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		panic(err)
	}
	t, err := f.ReadSlice("ids", safetensors.Range{From: 0, To: 2}, safetensors.Range{From: 1, To: 3})
	fmt.Println(t.Shape, t.Data, err)
	// Output: [2 2] [1 2 4 5] <nil>
}
