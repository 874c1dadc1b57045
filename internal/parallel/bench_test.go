package parallel_test

import (
	"testing"

	"github.com/heft-ml/heft/internal/parallel"
)

// BenchmarkRun measures what dividing work costs: pieces that do nothing, with a helper awake.
func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		parallel.Run(2, func(int) {})
	}
}

func BenchmarkFor(b *testing.B) {
	for b.Loop() {
		parallel.For(1<<14, 1<<11, func(int, int) {})
	}
}
