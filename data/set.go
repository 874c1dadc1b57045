package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"

	"github.com/heft-ml/heft/autograd"
)

// Tensor is what sets hold.
type Tensor = autograd.Tensor[float32]

// Set is a data set in memory: samples, and for each a class (classification) or numbers to come near to (regression).
// It must not be written once it is made; then any number of goroutines may use it.
type Set struct {
	Name    string
	X       *Tensor         // the samples.  [n, ...]
	Y       autograd.Labels // the class of each, 0 to c-1; the zero Labels in regression.  [n]
	Target  *Tensor         // the numbers to predict; nil in classification.  [n, ...]
	Classes []string        // the classes' names, by label; nil in regression.  c of them
	Source  string          // who made the data and where to find it, if that is known
	License string          // the terms under which the data may be used, if there are any
}

// Len returns the number of samples, n.
func (s *Set) Len() int { return s.X.Shape()[0] }

// SampleShape returns the shape of one sample.
func (s *Set) SampleShape() []int { return slices.Clone(s.X.Shape()[1:]) }

// Features returns how many numbers one sample has, f: the product of its shape.
func (s *Set) Features() int { return width(s.X) }

// Counts returns how many samples each class has, by label; nil in regression.  [c]
func (s *Set) Counts() []int {
	if s.Target != nil {
		return nil
	}
	counts := make([]int, len(s.Classes))
	for _, label := range s.Y.Data {
		counts[label]++
	}
	return counts
}

// Subset returns a set of the given rows, copied, in that order. A row may come more than once.
// It panics with an [*ArgumentError] if rows is empty or names a row that s does not have.
func (s *Set) Subset(name string, rows []int) *Set {
	argument(len(rows) > 0, "Subset", "len(rows)", 0, "at least 1")
	for _, row := range rows {
		argument(row >= 0 && row < s.Len(), "Subset", "row", row, "0 to %d", s.Len()-1)
	}
	b := newBuffer(s, len(rows)).fill(s, rows)
	part := *s
	part.Name, part.X, part.Y, part.Target = name, b.X, b.Y, b.Target
	part.Classes = slices.Clone(s.Classes)
	return &part
}

// Hash returns the SHA-256 of the set's content in hexadecimal: of its shapes, values and labels, not of its names.
//
// What is hashed is the line "heft data v1\n"; then "X", the number of axes, their lengths, and the values; then the
// same after "Y" for the labels or after "T" for the targets. Lengths are 64 bits, values IEEE 754 binary32 bits,
// labels 32 bits, all little-endian.
func (s *Set) Hash() string {
	h := sha256.New()
	h.Write([]byte("heft data v1\n"))
	hashArray(h, 'X', s.X.Shape(), s.X.Data(), math.Float32bits)
	if s.Target != nil {
		hashArray(h, 'T', s.Target.Shape(), s.Target.Data(), math.Float32bits)
	} else {
		hashArray(h, 'Y', s.Y.Shape, s.Y.Data, func(label int32) uint32 { return uint32(label) })
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashArray writes one array into h, in the form that Hash documents.
func hashArray[T any](h hash.Hash, kind byte, shape []int, values []T, bits func(T) uint32) {
	const block = 1024 // values turned into bytes at a time
	buf := append(make([]byte, 0, 4*block), kind)
	buf = binary.LittleEndian.AppendUint64(buf, uint64(len(shape)))
	for _, d := range shape {
		buf = binary.LittleEndian.AppendUint64(buf, uint64(d))
	}
	h.Write(buf)
	for part := range slices.Chunk(values, block) {
		buf = buf[:0]
		for _, v := range part {
			buf = binary.LittleEndian.AppendUint32(buf, bits(v))
		}
		h.Write(buf)
	}
}

// width returns how many numbers a row of x has.  x: [n, ...]
func width(x *Tensor) int {
	w := 1
	for _, d := range x.Shape()[1:] {
		w *= d
	}
	return w
}
