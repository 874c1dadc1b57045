package tune_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"

	"github.com/heft-ml/heft/train"
	"github.com/heft-ml/heft/train/tune"
)

func Example() {
	root, err := os.MkdirTemp("", "search")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	c := train.Default("circles")
	c.Epochs = 20
	space := tune.Space{Grid: []tune.Choices{{Name: "lr", Values: []string{"1e-6", "0.03", "1e25"}}}, Seeds: 2}
	set := func(c *train.Config, name, value string) (err error) {
		c.LR, err = strconv.ParseFloat(value, 64) // the only setting that this search varies
		return err
	}
	plan, err := tune.NewPlan(c, space, set)
	if err != nil {
		log.Fatal(err)
	}
	results, err := tune.Run(context.Background(), filepath.Join(root, "circles"), plan, tune.Options{Jobs: 2})
	if err != nil {
		log.Fatal(err)
	}
	done, failed := results.Count()
	fmt.Printf("%d of %d trials done, %d failed\n", done, len(results.Trials), failed)
	fmt.Println("best:", plan.Names, results.Best().Values)
	// Output:
	// 6 of 6 trials done, 2 failed
	// best: [lr] [0.03]
}

func ExampleParseGrid() {
	grid, err := tune.ParseGrid([]string{"lr=0.001,0.01", "model=mlp:64;mlp:64,64"})
	fmt.Println(grid, err)
	// Output:
	// [lr=["0.001" "0.01"] model=["mlp:64" "mlp:64,64"]] <nil>
}

func ExampleParseRange() {
	r, err := tune.ParseRange("lr=1e-4..1e-1:log")
	fmt.Println(r.Low, r.High, r.Scale, err)
	// Output:
	// 0.0001 0.1 log <nil>
}
