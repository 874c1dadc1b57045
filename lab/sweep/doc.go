// Package sweep trains the same network over a grid of starts, depths, widths, activations, learning rates and seeds, and says
// which start learns at which depth.
//
//	plan, err := sweep.NewPlan(grid)
//	err = sweep.Work(ctx, dir, plan, sweep.Options{Jobs: 2})      // or each shard in a process of its own
//	results, err := sweep.Merge(dir)                             // the same whatever the sharding
//
// A sweep is a folder: the grid and a hash of the data in sweep.json, and a small file for each run that is done. What is done
// stays done, so a sweep that was stopped goes on; processes with different shards share the folder, or have folders of their own
// that Merge joins.
package sweep
