package autograd

import (
	"math"
	"sync"

	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// Rotary turns pairs of elements of every head by angles that grow with the position (arXiv:2104.09864), so that products
// of queries and keys depend on how far apart they stand:
//
//	y[j] = x[j] cos a - x[j+d/2] sin a,  y[j+d/2] = x[j+d/2] cos a + x[j] sin a,  a = (offset + i) theta^(-2j/d)
//
// for position i and j < d/2. So Llama pairs them as Hugging Face stores it: halves of a head, not neighbours. Angles are
// computed in float64. It panics with a [*UsageError] unless theta is finite and above 0 and offset 0 or more, and with a
// [*ShapeError] when d is odd.
//
//	x, y [n, t, heads, d]
func (x *Tensor[T]) Rotary(offset int, theta float64) *Tensor[T] {
	const op = "rotary"
	if len(x.shape) != 4 || x.shape[3]%2 != 0 {
		x.mismatch(op, "the input must be [n, t, heads, d], with an even d")
	}
	if !(theta > 0) || math.IsInf(theta, 1) {
		misuse(op, "theta must be finite and above 0, not %v", theta)
	}
	if offset < 0 {
		misuse(op, "the offset must be 0 or more, not %d", offset)
	}
	t, heads, d := x.shape[1], x.shape[2], x.shape[3]
	turns := turnsOf[T](offset+t, d/2, theta)
	y := x.Like()
	turn := func(to []T, beta T, from []T, sign T) {
		parallel.For(x.shape[0]*t, max(1, rotaryGrain/max(1, heads*d)), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				cos, sin := turns.at(offset + i%t)
				row := i * heads * d
				simd.Turn(to[row:row+heads*d], beta, from[row:row+heads*d], heads, cos, sin, sign)
			}
		})
	}
	turn(y.data, 0, x.data, 1)
	return y.Record(op, func(dy []T) {
		dx, beta := x.GradTo()
		turn(dx, beta, dy, -1)
	})
}

const rotaryGrain = 1 << 14 // elements that are worth a piece

// turnTable has the cosines and sines of the first positions: [positions, 2, half].
type turnTable[T Float] struct {
	half   int
	values []T
}

func (t turnTable[T]) at(position int) (cos, sin []T) {
	row := t.values[position*2*t.half:][:2*t.half]
	return row[:t.half], row[t.half:]
}

// turnKey is what a table belongs to; T is that of its values.
type turnKey[T Float] struct {
	half  int
	theta float64
}

// turnTables holds the tables that were asked for, each as long as anybody has needed. A program has few.
var turnTables sync.Map

// turnsOf returns a table of at least so many positions.
func turnsOf[T Float](positions, half int, theta float64) turnTable[T] {
	key := turnKey[T]{half, theta}
	if kept, ok := turnTables.Load(key); ok {
		if table := kept.(turnTable[T]); len(table.values) >= positions*2*half {
			return table
		}
	}
	const least = 64
	room := least
	for room < positions {
		room *= 2
	}
	table := turnTable[T]{half, make([]T, room*2*half)}
	for i := range room {
		cos, sin := table.at(i)
		for j := range half {
			s, c := math.Sincos(float64(i) * math.Pow(theta, -float64(j)/float64(half)))
			cos[j], sin[j] = T(c), T(s)
		}
	}
	turnTables.Store(key, table)
	return table
}
