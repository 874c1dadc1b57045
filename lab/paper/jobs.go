package paper

import (
	"context"
	"runtime"

	"github.com/heft-ml/heft/lab"
)

// jobs does jobs 0 to n-1, several at once, and returns what each made, in order. Progress counts them.
func jobs[T any](ctx context.Context, c Config, n int, do func(k int) (T, error)) ([]T, error) {
	made := make([]T, n)
	var done func(int)
	if c.Progress != nil {
		done = func(jobs int) { c.Progress(jobs, n) }
	}
	atOnce := c.Jobs
	if atOnce == 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	err := lab.Each(ctx, n, atOnce, func(k int) (err error) {
		made[k], err = do(k)
		return err
	}, done)
	return made, err
}

// forSeeds measures once with each seed, 1 to c.Seeds, and returns what was measured in that order.
func forSeeds[T any](ctx context.Context, c Config, measure func(seed uint64) (T, error)) ([]T, error) {
	return jobs(ctx, c, c.Seeds, func(k int) (T, error) { return measure(uint64(k + 1)) })
}

// values takes a number from each of several measurements.
func values[T any](of []T, f func(one T) float64) (v []float64) {
	for _, one := range of {
		v = append(v, f(one))
	}
	return v
}
