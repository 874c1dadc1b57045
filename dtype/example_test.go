package dtype_test

import (
	"errors"
	"fmt"

	"github.com/heft-ml/heft/dtype"
)

func ExampleDType_Limits() {
	for _, dt := range []dtype.DType{dtype.F16, dtype.BF16, dtype.F32} {
		l := dt.Limits()
		fmt.Printf("%-4v eps %.2g  max %.5g  smallest %.2g  digits %d\n", dt, l.Epsilon, l.Max, l.SmallestSubnormal, l.Digits)
	}
	// Output:
	// F16  eps 0.00098  max 65504  smallest 6e-08  digits 3
	// BF16 eps 0.0078  max 3.3895e+38  smallest 9.2e-41  digits 2
	// F32  eps 1.2e-07  max 3.4028e+38  smallest 1.4e-45  digits 6
}

func ExampleFromFloat32s() {
	weights := []float32{1, 0.1, 1e5}
	_, err := dtype.FromFloat32s("fc.weight", []int{3}, weights, dtype.F16)
	var overflow *dtype.OverflowError
	if errors.As(err, &overflow) {
		fmt.Println("too large for F16:", overflow.Report.Total())
	}

	t, err := dtype.FromFloat32s("fc.weight", []int{3}, weights, dtype.F16, dtype.Saturate)
	if err != nil {
		panic(err)
	}
	values, err := t.Float32s(nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(values)
	// Output:
	// too large for F16: 1
	// [1 0.099975586 65504]
}

func ExampleParse() {
	dt, err := dtype.Parse("bf16")
	fmt.Println(dt, dt.Bits(), err)
	// Output: BF16 16 <nil>
}
