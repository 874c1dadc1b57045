package ggml_test

import (
	"encoding/binary"
	"math"
)

// The inputs of testdata/reference.py, bit for bit: they are made of integers and powers of two.

// word is the n-th of a stream of 64-bit words (SplitMix64), from 1 on.
func word(stream, n int) uint64 {
	z := uint64(stream)*0xd1342543de82ef95 + uint64(n)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// bell is about normal, from -131070 to 131070.
func bell(w uint64) int {
	return int(w&0xffff) + int(w>>16&0xffff) + int(w>>32&0xffff) + int(w>>48) - 131070
}

// top returns the upper n bits of w.
func top(w uint64, n int) int { return int(w >> (64 - n)) }

func scaled(i, exponent int) float32 { return float32(math.Ldexp(float64(i), exponent)) }

func normal(w uint64) float32 { return scaled(bell(w), -21) }

func fromBits(u int) float32 { return math.Float32frombits(uint32(u)) }

// rarely is true of every 97th word.
func rarely(w uint64) bool { return w%97 == 0 }

// input is a case of reference.py: element i is made of the i-th word, and of the first word of its block of 256.
type input struct {
	name string
	n    int
	make func(i int, w, first uint64) float32
}

var inputs = []input{
	{"normal", 65536, func(_ int, w, _ uint64) float32 { return normal(w) }},
	{"uniform", 4096, func(_ int, w, _ uint64) float32 { return scaled(top(w, 24), -24) }},
	{"signed", 4096, func(_ int, w, _ uint64) float32 { return scaled(top(w, 24)-1<<23, -23) }},
	{"above", 2048, func(_ int, w, _ uint64) float32 { return scaled(top(w, 20)+8<<20, -20) }},
	{"below", 2048, func(_ int, w, _ uint64) float32 { return -scaled(top(w, 20)+8<<20, -20) }},
	{"equal", 4096, func(_ int, _, first uint64) float32 { return normal(first) }},
	{"zeros", 512, func(int, uint64, uint64) float32 { return 0 }},
	{"signed zeros", 2048, func(_ int, w, _ uint64) float32 { return fromBits(top(w, 1) << 31) }},
	{"huge", 2048, func(_ int, w, _ uint64) float32 { return scaled(bell(w), 110) }},
	{"small", 2048, func(_ int, w, _ uint64) float32 { return scaled(bell(w), -40) }},
	{"negligible", 4096, func(_ int, w, _ uint64) float32 { return scaled(bell(w), -65) }},
	{"tiny", 2048, func(_ int, w, _ uint64) float32 { return scaled(bell(w), -110) }},
	{"tinier", 2048, func(_ int, w, _ uint64) float32 { return scaled(bell(w), -140) }},
	{"subnormal", 2048, func(_ int, w, _ uint64) float32 { return scaled(bell(w), -149) }},
	{"few subnormal", 2048, func(_ int, w, _ uint64) float32 { return fromBits(int(w%5) | top(w, 1)<<31) }},
	{"outlier", 4096, func(i int, w, _ uint64) float32 {
		if i%256 == 77 {
			return scaled(bell(w), -1)
		}
		return normal(w)
	}},
	{"sparse", 4096, func(_ int, w, _ uint64) float32 {
		if w%16 == 0 {
			return normal(w)
		}
		return 0
	}},
	{"integers", 4096, func(_ int, w, _ uint64) float32 { return float32(int(w%33) - 16) }},
	{"halves", 4096, func(_ int, w, _ uint64) float32 { return float32(int(w%67)-33) / 2 }},
	{"alternating", 2048, func(_ int, w, _ uint64) float32 { return float32(1-2*top(w, 1)) / 8 }},
	{"any finite", 16384, func(_ int, w, _ uint64) float32 {
		u := top(w, 32)
		if u>>23&255 == 255 {
			u &^= 1 << 30
		}
		return fromBits(u)
	}},
	{"magnitudes", 16384, func(_ int, w, _ uint64) float32 {
		return fromBits(top(w, 1)<<31 | (107+int(w%40))<<23 | top(w, 24)&0x7fffff)
	}},
	{"infinite", 4096, func(_ int, w, _ uint64) float32 {
		if rarely(w) {
			return float32(math.Inf(1 - 2*top(w, 1)))
		}
		return normal(w)
	}},
	{"nan", 4096, func(_ int, w, _ uint64) float32 {
		if rarely(w) {
			return fromBits(top(w, 1)<<31 | 0x7fc00000)
		}
		return normal(w)
	}},
	{"fifth round", 512, func(_ int, w, _ uint64) float32 { return normal(w * 0xd98fa583012ae0f9) }},
	{"last try", 512, func(_ int, w, _ uint64) float32 {
		x := normal(w * 0xe6ce3ffbb04f94db)
		return x * x * x
	}},
	{"rising", 4096, func(i int, w, _ uint64) float32 { return scaled(bell(w), -90+i/16%48) }},
}

// values makes the elements of case number stream.
func (in input) values(stream int) []float32 {
	x := make([]float32, in.n)
	for i := range x {
		x[i] = in.make(i, word(stream, i+1), word(stream, i/256*256+1))
	}
	return x
}

// anyBytes makes n bytes of any kind.
func anyBytes(stream, n int) []byte {
	data := make([]byte, 0, n+8)
	for i := 1; len(data) < n; i++ {
		data = binary.LittleEndian.AppendUint64(data, word(stream, i))
	}
	return data[:n]
}

// littleEndian writes values as bytes, all NaN with the same ones: which a processor makes is nobody's promise.
func littleEndian(values []float32) []byte {
	data := make([]byte, 0, 4*len(values))
	for _, x := range values {
		u := math.Float32bits(x)
		if x != x {
			u = 0x7fc00000
		}
		data = binary.LittleEndian.AppendUint32(data, u)
	}
	return data
}
