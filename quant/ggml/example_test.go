package ggml_test

import (
	"fmt"
	"log"

	"github.com/heft-ml/heft/quant/ggml"
)

func Example() {
	values := make([]float32, 32)
	for i := range values {
		values[i] = float32(i-16) / 10
	}
	size, err := ggml.Q4_0.Size(int64(len(values)))
	if err != nil {
		log.Fatal(err)
	}
	data := make([]byte, size)
	if err := ggml.Encode(data, ggml.Q4_0, values); err != nil {
		log.Fatal(err)
	}
	back := make([]float32, len(values))
	if err := ggml.Decode(back, ggml.Q4_0, data); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bytes instead of %d\n", size, 4*len(values))
	fmt.Printf("%.2f became %.2f\n", values[10:14], back[10:14])
	// Output:
	// 18 bytes instead of 128
	// [-0.60 -0.50 -0.40 -0.30] became [-0.60 -0.40 -0.40 -0.20]
}

func ExampleParseType() {
	t, err := ggml.ParseType("q4_k")
	if err != nil {
		log.Fatal(err)
	}
	bits := 8 * float64(t.BlockBytes()) / float64(t.BlockSize())
	fmt.Printf("%v is type %d: %d elements in %d bytes, %g bits each\n", t, uint32(t), t.BlockSize(), t.BlockBytes(), bits)
	// Output: Q4_K is type 12: 256 elements in 144 bytes, 4.5 bits each
}
