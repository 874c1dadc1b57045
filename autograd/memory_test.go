package autograd_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
)

func TestSavedMemoryLivesUntilReset(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2)
	var saved [][]float32
	for i := range 50 {
		y := x.Like()
		s := y.Save(100)
		for j := range s {
			s[j] = float32(i)
		}
		saved = append(saved, s)
		copy(y.Data(), x.Data())
		y.Record("saving", func(dy []float32) { x.AddGrad(dy) })
		y.Exp()
	}
	for i, s := range saved {
		require.Len(t, s, 100)
		require.Equal(t, float32(i), s[0])
		require.Equal(t, float32(i), s[99])
	}
	require.Len(t, of(1).Save(3), 3)
}

// places tells where slices lie.
func places(slices ...[]float32) map[*float32]bool {
	at := map[*float32]bool{}
	for _, s := range slices {
		at[&s[0]] = true
	}
	return at
}

func TestTemporariesServeAgainAfterRecord(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2)
	take := func() (a, b []float32) {
		y := x.Like()
		copy(y.Data(), x.Data())
		a = y.Temp(1000)
		x.Exp() // recording another op must not hand back y's
		b = y.Temp(1000)
		y.Record("temporary", func(dy []float32) { x.AddGrad(dy) })
		return a, b
	}
	a, b := take()
	require.NotSame(t, &a[0], &b[0])
	elements, _ := tape.Memory()
	for range 20 {
		c, d := take()
		require.Equal(t, places(a, b), places(c, d))
	}
	after, _ := tape.Memory()
	require.Equal(t, elements, after)
	require.Len(t, of(1).Temp(3), 3)
}

func TestTemporariesOfTheWayBackLastForTheirOp(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2)
	var taken []map[*float32]bool
	op := func(x *tensor[float32]) *tensor[float32] {
		y := x.Like()
		copy(y.Data(), x.Data())
		return y.Record("temporary", func(dy []float32) {
			a, b := y.Temp(1000), y.Temp(1000)
			taken = append(taken, places(a, b))
			x.AddGrad(dy)
		})
	}
	tape.Backward(op(op(x)), []float32{1, 1})
	require.Len(t, taken, 2)
	require.Len(t, taken[0], 2)
	require.Equal(t, taken[0], taken[1])
}

func TestNoTemporaryIsLeftAfterReset(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	for name, take := range map[string]func(y *tensor[float32]){
		"handed back": func(y *tensor[float32]) { y.Temp(1000); y.Record("temporary", func([]float32) {}) },
		"kept":        func(y *tensor[float32]) { y.Temp(1000) }, // by an op that failed half-way
	} {
		tape.Reset()
		take(leaf(tape, 1).Like())
		tape.Reset()
		y := leaf(tape, 1).MulScalar(2)
		saved := y.Save(1000)
		tape.Backward(y, nil)
		again := leaf(tape, 1).Like().Temp(1000)
		require.NotSame(t, &saved[0], &again[0], name)
	}
}

// step is a pass over most kinds of ops whose values have n rows of 64.
func step(tape *autograd.Tape[float32], n int, w, data []float32) {
	tape.Reset()
	weight := tape.Leaf("weight", w[:64*64], []int{64, 64}, true)
	bias := tape.Leaf("bias", w[:64], []int{64}, true)
	x := tape.Leaf("", data[:n*64], []int{n, 64}, false)
	h := x.Linear(weight, bias).GELU()
	h = h.Add(h.MatMul(weight, autograd.TransB()).Tanh().Mul(bias))
	h = autograd.Concat(1, h.Slice(1, 32, 64), h.Slice(1, 0, 32)).Dropout(0.1, fixedRand())
	h = h.Sub(h.Mean(1).Unsqueeze(1)).Clamp(-3, 3).Sigmoid().Softplus()
	h = h.Transpose(0, 1).Div(h.Abs().AddScalar(1).Permute(1, 0)).ELU(1).Exp().Sqrt().Pow(3)
	tape.Backward(h.Mean(), nil)
	weight.TakeGrad()
	bias.TakeGrad()
}

func TestSteadyStateAllocatesNoFloats(t *testing.T) {
	const n, steps = 256, 20
	tape := autograd.NewTape[float32](true)
	data := convert[float32](gradcheck.Normal(1, n*64).Data())
	run := func() { step(tape, n, data, data) }
	run()
	elements, chunks := tape.Memory()
	allocations := testing.AllocsPerRun(steps, run)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range steps {
		run()
	}
	runtime.ReadMemStats(&after)
	bytes := (after.TotalAlloc - before.TotalAlloc) / steps
	assert.Less(t, bytes, uint64(n*64*4/2), "bytes a step: one value alone has %d", n*64*4)
	assert.Less(t, allocations, 150.0)
	gotElements, gotChunks := tape.Memory()
	assert.Equal(t, []int{elements, chunks}, []int{gotElements, gotChunks})
}

func TestMemoryStaysConstantOverAThousandSteps(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	data := convert[float32](gradcheck.Normal(1, 64*64).Data())
	step(tape, 2, data, data)
	elements, chunks := tape.Memory()
	for range 1000 {
		step(tape, 2, data, data)
	}
	gotElements, gotChunks := tape.Memory()
	require.Equal(t, []int{elements, chunks}, []int{gotElements, gotChunks})
}

func TestMemoryStaysConstantForEveryOp(t *testing.T) {
	t.Parallel()
	for i, r := range table[float32]() {
		t.Run(fmt.Sprintf("%s/%d", r.op, i), func(t *testing.T) {
			t.Parallel()
			tape := autograd.NewTape[float32](true)
			inputs := points(table[float64]()[i])
			run := func() {
				tape.Reset()
				var xs []*tensor[float32]
				for _, x := range inputs {
					xs = append(xs, tape.Leaf("", convert[float32](x.Data()), x.Shape(), true))
				}
				y := r.f(xs...)
				tape.Backward(y, ones(y.Len()))
			}
			run()
			elements, chunks := tape.Memory()
			for range 20 {
				run()
			}
			gotElements, gotChunks := tape.Memory()
			require.Equal(t, []int{elements, chunks}, []int{gotElements, gotChunks})
		})
	}
}
