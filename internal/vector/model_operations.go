package vector

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/x448/float16"
)

// compute does one operation on one lane.
func compute(d node, a, b, c uint32) uint32 {
	x, y, z := float(a), float(b), float(c)
	switch d.op {
	case opConst:
		return d.imm
	case opSqrt:
		return word(float32(math.Sqrt(float64(x))))
	case opFromInt:
		return word(float32(int32(a)))
	case opShiftLeft:
		return a << d.imm
	case opShiftRight:
		return a >> d.imm
	case opRotate:
		return bits.RotateLeft32(a, int(d.imm))
	case opAdd:
		return word(x + y)
	case opSub:
		return word(x - y)
	case opMul:
		return word(x * y)
	case opDiv:
		return word(x / y)
	case opMax:
		return choose(x > y, a, b)
	case opMin:
		return choose(x < y, a, b)
	case opAnd, opBoth:
		return a & b
	case opOr, opEither:
		return a | b
	case opXor:
		return a ^ b
	case opAndNot:
		return a &^ b
	case opAddInt:
		return a + b
	case opSubInt:
		return a - b
	case opGreater:
		return choose(x > y, 1, 0)
	case opGreaterEqual:
		return choose(x >= y, 1, 0)
	case opEqual:
		return choose(x == y, 1, 0)
	case opNotEqual:
		return choose(x != y, 1, 0)
	case opGreaterInt:
		return choose(int32(a) > int32(b), 1, 0)
	case opEqualInt:
		return choose(a == b, 1, 0)
	case opFMA:
		return word(fma(x, y, z))
	case opFNMA:
		return word(fma(-x, y, z))
	case opSelect:
		return choose(a != 0, b, c)
	}
	panic(fmt.Sprintf("vector: operation %d has no model", d.op))
}

// fma returns x y + z rounded once. The product is exact in float64; the sum is rounded to odd there, so that rounding
// it again to float32 is as good as rounding once (Boldo and Melquiond 2008).
func fma(x, y, z float32) float32 {
	p, q := float64(x)*float64(y), float64(z)
	s := p + q
	t := s - p
	rest := (p - (s - t)) + (q - t)
	if bits := math.Float64bits(s); rest != 0 && rest-rest == 0 && bits&1 == 0 {
		if (rest > 0) == (s > 0) {
			s = math.Float64frombits(bits + 1)
		} else {
			s = math.Float64frombits(bits - 1)
		}
	}
	return float32(s)
}

func element(stream any, t Type, i int) uint32 {
	switch s := stream.(type) {
	case []float32:
		return word(s[i])
	case []bool:
		return choose(s[i], 1, 0)
	case []uint16:
		if t == Half {
			return word(float16.Frombits(s[i]).Float32())
		}
		return uint32(s[i])
	}
	panic(fmt.Sprintf("vector: %T is no stream", stream))
}

func setElement(stream any, t Type, i int, v uint32) {
	switch s := stream.(type) {
	case []float32:
		s[i] = float(v)
	case []bool:
		s[i] = v != 0
	case []uint16:
		s[i] = uint16(v)
		if t == Half {
			s[i] = float16.Fromfloat32(float(v)).Bits()
		}
	}
}

func scalarBits(v any) uint32 {
	if f, ok := v.(float32); ok {
		return word(f)
	}
	return v.(uint32)
}

func rowBits(v any, row int) uint32 {
	if f, ok := v.([]float32); ok {
		return word(f[row])
	}
	return v.([]uint32)[row]
}

func choose(yes bool, a, b uint32) uint32 {
	if yes {
		return a
	}
	return b
}

func float(b uint32) float32 { return math.Float32frombits(b) }
func word(f float32) uint32  { return math.Float32bits(f) }
