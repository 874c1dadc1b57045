package vector

// Value is a number in every lane: a float32, or 32 bits.
type Value struct {
	k  *Kernel
	id int
}

// Mask is true or false in every lane.
type Mask struct {
	k  *Kernel
	id int
}

type operation uint8

const (
	opConst operation = iota
	opScalar
	opIndex
	opLoad
	opRow

	opSqrt // of one value
	opFromInt
	opShiftLeft
	opShiftRight
	opRotate

	opAdd // of two
	opSub
	opMul
	opDiv
	opMax
	opMin
	opAnd
	opOr
	opXor
	opAndNot
	opAddInt
	opSubInt

	opGreater // masks
	opGreaterEqual
	opEqual
	opNotEqual
	opGreaterInt
	opEqualInt
	opBoth
	opEither

	opFMA // of three
	opFNMA
	opSelect

	opStore // effects
	opSum64
	opDot64
	opLargest
)

// arity is the number of arguments of an operation without effects.
func (o operation) arity() int {
	switch {
	case o < opSqrt:
		return 0
	case o < opAdd:
		return 1
	case o < opFMA:
		return 2
	case o < opStore:
		return 3
	}
	return 0
}

// operands is how many of a node's arguments count.
func (o operation) operands() int {
	switch o {
	case opStore, opSum64, opLargest:
		return 1
	case opDot64:
		return 2
	}
	return o.arity()
}

func (o operation) mask() bool   { return o >= opGreater && o <= opEither }
func (o operation) effect() bool { return o >= opStore }

func (v Value) one(op operation, imm uint32) Value {
	return v.k.add(node{op: op, args: [3]int{v.id}, imm: imm})
}

func (v Value) two(op operation, z Value) Value {
	return v.k.add(node{op: op, args: [3]int{v.id, z.id}})
}

func (v Value) compare(op operation, z Value) Mask { return Mask(v.two(op, z)) }

// Add returns v + z.
func (v Value) Add(z Value) Value { return v.two(opAdd, z) }

// Sub returns v - z.
func (v Value) Sub(z Value) Value { return v.two(opSub, z) }

// Mul returns v * z.
func (v Value) Mul(z Value) Value { return v.two(opMul, z) }

// Div returns v / z.
func (v Value) Div(z Value) Value { return v.two(opDiv, z) }

// FMA returns v * z + w, rounded once.
func (v Value) FMA(z, w Value) Value {
	return v.k.add(node{op: opFMA, args: [3]int{v.id, z.id, w.id}})
}

// FNMA returns w - v * z, rounded once.
func (v Value) FNMA(z, w Value) Value {
	return v.k.add(node{op: opFNMA, args: [3]int{v.id, z.id, w.id}})
}

// Sqrt returns the square root.
func (v Value) Sqrt() Value { return v.one(opSqrt, 0) }

// Max returns v where v > z, else z: also where one of them is NaN.
func (v Value) Max(z Value) Value { return v.two(opMax, z) }

// Min returns v where v < z, else z: also where one of them is NaN.
func (v Value) Min(z Value) Value { return v.two(opMin, z) }

// FromInt converts a signed integer.
func (v Value) FromInt() Value { return v.one(opFromInt, 0) }

// And returns the bits that are in both.
func (v Value) And(z Value) Value { return v.two(opAnd, z) }

// Or returns the bits that are in either.
func (v Value) Or(z Value) Value { return v.two(opOr, z) }

// Xor returns the bits that are in one of both.
func (v Value) Xor(z Value) Value { return v.two(opXor, z) }

// AndNot returns the bits of v that are not in z.
func (v Value) AndNot(z Value) Value { return v.two(opAndNot, z) }

// AddInt returns the sum of integers, modulo 2^32.
func (v Value) AddInt(z Value) Value { return v.two(opAddInt, z) }

// SubInt returns the difference of integers, modulo 2^32.
func (v Value) SubInt(z Value) Value { return v.two(opSubInt, z) }

// ShiftLeft moves the bits up by 1 to 31 places.
func (v Value) ShiftLeft(places uint32) Value { return v.one(opShiftLeft, places) }

// ShiftRight moves the bits down by 1 to 31 places and fills up with zeros.
func (v Value) ShiftRight(places uint32) Value { return v.one(opShiftRight, places) }

// Rotate moves the bits up by 1 to 31 places, and those that leave come in below.
func (v Value) Rotate(places uint32) Value { return v.one(opRotate, places) }

// Neg returns -v, for NaN and zeros too.
func (v Value) Neg() Value { return v.Xor(v.k.Bits(1 << 31)) }

// Abs returns |v|.
func (v Value) Abs() Value { return v.AndNot(v.k.Bits(1 << 31)) }

// CopySign returns |v| with the sign of z.
func (v Value) CopySign(z Value) Value { return v.Abs().Or(z.And(v.k.Bits(1 << 31))) }

// Greater tells whether v > z.
func (v Value) Greater(z Value) Mask { return v.compare(opGreater, z) }

// GreaterEqual tells whether v >= z.
func (v Value) GreaterEqual(z Value) Mask { return v.compare(opGreaterEqual, z) }

// Less tells whether v < z.
func (v Value) Less(z Value) Mask { return z.Greater(v) }

// LessEqual tells whether v <= z.
func (v Value) LessEqual(z Value) Mask { return z.GreaterEqual(v) }

// Equal tells whether v == z.
func (v Value) Equal(z Value) Mask { return v.compare(opEqual, z) }

// IsNaN tells whether v is NaN.
func (v Value) IsNaN() Mask { return v.compare(opNotEqual, v) }

// GreaterInt compares signed integers.
func (v Value) GreaterInt(z Value) Mask { return v.compare(opGreaterInt, z) }

// EqualInt compares integers.
func (v Value) EqualInt(z Value) Mask { return v.compare(opEqualInt, z) }

// And tells whether both hold.
func (m Mask) And(z Mask) Mask { return Mask(Value(m).two(opBoth, Value(z))) }

// Or tells whether one holds.
func (m Mask) Or(z Mask) Mask { return Mask(Value(m).two(opEither, Value(z))) }

// Select returns v where the mask holds, else z.
func (m Mask) Select(v, z Value) Value {
	return m.k.add(node{op: opSelect, args: [3]int{m.id, v.id, z.id}})
}
