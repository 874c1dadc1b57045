package same_test

import (
	"context"
	"fmt"

	"github.com/heft-ml/heft/lab/same"
)

// Two networks with the same names, shapes and number of bytes: one knows moons, the other circles.
func ExamplePair_Run() {
	p := same.DefaultPair()
	p.Setup.Width, p.Setup.Steps = 16, 400
	trained, err := p.Run(context.Background(), 2, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := trained.Findings
	fmt.Println(len(f.Params), "tensors,", f.Values, "numbers; same size:", f.Sizes[0] == f.Sizes[1])
	for i, name := range f.Names {
		fmt.Printf("%s: right on its own data above 90%%: %v, on the other's: %v\n", name,
			f.Behaviour.Accuracy[i][i] > 0.9, f.Behaviour.Accuracy[i][1-i] > 0.9)
	}
	// Output:
	// 8 tensors, 626 numbers; same size: true
	// moons: right on its own data above 90%: true, on the other's: false
	// circles: right on its own data above 90%: true, on the other's: false
}
