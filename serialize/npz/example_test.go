package npz_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/npz"
)

func Example() {
	w, err := dtype.FromFloat32s("fc.weight", []int{2, 2}, []float32{1, 2, 3, 4}, dtype.F32)
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := npz.Write(&file, []dtype.Tensor{w}); err != nil {
		log.Fatal(err)
	}
	f, err := npz.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	got, err := f.Read("fc.weight")
	if err != nil {
		log.Fatal(err)
	}
	values, err := got.Float32s(nil)
	fmt.Println(got.DType, got.Shape, values, err)
	// Output: F32 [2 2] [1 2 3 4] <nil>
}
