package initializer_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	initializer "github.com/heft-ml/heft/init"
)

func ExampleParse() {
	scheme, err := initializer.Parse("kaiming-normal(fan=out)")
	fmt.Println(scheme, err)
	_, err = initializer.Parse("normal(0,tiny)")
	fmt.Println(err)
	// Output:
	// kaiming-normal(fan=out) <nil>
	// initialization "normal(0,tiny)": "tiny" is not a finite number
}

func ExampleOverride() {
	scheme := initializer.Override(initializer.KaimingNormal(),
		initializer.Rule{Pattern: "*.bias", Scheme: initializer.Constant(0.1)},
		initializer.Rule{Pattern: "head.*", Scheme: initializer.Zeros()})
	fmt.Println(scheme)
	for _, name := range []string{"fc.bias", "head.bias"} {
		values := make([]float32, 2)
		scheme.Fill(&initializer.Param{Name: name, Kind: initializer.Bias, Shape: []int{2}}, rand.New(rand.NewPCG(1, 2)), values)
		fmt.Println(name, values)
	}
	// Output:
	// kaiming-normal; *.bias=constant(0.1); head.*=zeros
	// fc.bias [0.1 0.1]
	// head.bias [0 0]
}

func ExampleScheme() {
	p := &initializer.Param{Name: "fc.weight", Kind: initializer.Weight, Shape: []int{2, 2}, FanIn: 2, FanOut: 2}
	w := make([]float32, 4)
	initializer.Orthogonal().Fill(p, rand.New(rand.NewPCG(1, 2)), w)
	fmt.Printf("columns meet at %.3f, lengths %.3f and %.3f\n", math.Abs(float64(w[0]*w[1]+w[2]*w[3])), w[0]*w[0]+w[2]*w[2], w[1]*w[1]+w[3]*w[3])
	// Output: columns meet at 0.000, lengths 1.000 and 1.000
}
