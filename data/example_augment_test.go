package data_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
)

func ExampleAugmenter_Apply() {
	a, err := data.ParseAugmentation("shift:1,flip")
	if err != nil {
		fmt.Println(err)
		return
	}
	x := autograd.From([]float32{
		1, 2,
		3, 4,
	}, 1, 4)
	data.NewAugmenter(a, 1, 2, 2, nil).Apply(x, rand.New(rand.NewPCG(1, 5))) // mirrored, and moved right by one
	fmt.Println(x.Data()[:2])
	fmt.Println(x.Data()[2:])
	// Output:
	// [0 2]
	// [0 4]
}
