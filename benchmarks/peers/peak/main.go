// Command peak is the processor itself as a contestant: a step is as many multiplications and additions as the matrix
// products of the work load have, and nothing else. Its time in proportion to another's is the share of the peak which that
// one reaches.
package main

import (
	"fmt"
	"math"
	"runtime"

	"github.com/heft-ml/heft/benchmarks"
	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	"github.com/heft-ml/heft/internal/isa"
)

func main() {
	protocol.Serve(protocol.Hello{
		Name: "peak", Version: isa.Active().String(),
		Setup: fmt.Sprintf("the products' multiplications and additions alone, GOMAXPROCS %d", runtime.GOMAXPROCS(0)),
	}, func(w protocol.Work, _ protocol.Tensors) (protocol.Runner, error) { return arithmetic(w.FLOPs()), nil })
}

// arithmetic is a number of floating-point operations.
type arithmetic float64

func (a arithmetic) Reset() {}

func (a arithmetic) Step() { a.Steps(1) }

// Steps does the arithmetic of n steps with one start of the other cores.
func (a arithmetic) Steps(n int) { benchmarks.Arithmetic(float64(n) * float64(a)) }

func (a arithmetic) Value() float64 { return math.NaN() }
