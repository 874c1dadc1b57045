package lab_test

import (
	"context"
	"fmt"

	"github.com/heft-ml/heft/lab"
)

// Theory knows what tanh networks do before a weight is drawn.
func ExampleTheory() {
	t := lab.DefaultTheory("tanh")
	t.Setup.Depth, t.Setup.Width, t.Nets = 3, 64, 50
	t.Cases = []lab.Case{{Name: "Xavier", Scheme: "xavier-normal"}}
	f, err := t.Run(context.Background(), 2, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for l, c := range f.Results[0].Activation {
		fmt.Printf("layer %d: measured %.3f, predicted %.3f\n", l+1, c.Measured, c.Predicted)
	}
	beyond, all := f.Beyond()
	few, _ := f.Undecided()
	fmt.Println(beyond, "of", all, "beyond the tolerance,", few, "would take more networks")
	// Output:
	// layer 1: measured 0.390, predicted 0.392
	// layer 2: measured 0.233, predicted 0.235
	// layer 3: measured 0.163, predicted 0.165
	// 0 of 4 beyond the tolerance, 2 would take more networks
}
