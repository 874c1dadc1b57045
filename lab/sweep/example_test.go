package sweep_test

import (
	"context"
	"fmt"
	"os"

	"github.com/heft-ml/heft/lab/sweep"
	"github.com/heft-ml/heft/train/tune"
)

// Two processes with a shard each do a sweep together.
func Example() {
	dir, err := os.MkdirTemp("", "sweep")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	grid := sweep.Default()
	grid.Base.Data, grid.Base.Steps = "xor", 300
	grid.Schemes, grid.Depths, grid.LRs, grid.Seeds = []string{"zeros", "kaiming-normal"}, []int{2, 4}, []float64{0.1}, 2
	plan, err := sweep.NewPlan(grid)
	for shard := 1; err == nil && shard <= 2; shard++ {
		err = sweep.Work(context.Background(), dir, plan, sweep.Options{Jobs: 2, Shard: tune.Shard{Index: shard, Count: 2}})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := sweep.Merge(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range results.Cells() {
		fmt.Printf("%s, %d layers: %.0f%% of seeds learn\n", c.Scheme, c.Depth, 100*c.Learned)
	}
	// Output:
	// zeros, 2 layers: 0% of seeds learn
	// zeros, 4 layers: 0% of seeds learn
	// kaiming-normal, 2 layers: 100% of seeds learn
	// kaiming-normal, 4 layers: 100% of seeds learn
}
