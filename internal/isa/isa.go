// Package isa says which vector instructions the kernels of this process use.
//
// The best level that the processor has is taken at start, unless the environment variable HEFT_SIMD names another.
// All levels but [None] give the same bits: they fuse multiplication and addition and sum in the same order.
package isa

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
)

// Level is a set of vector instructions.
type Level uint32

// The levels. None is plain Go.
const (
	None   Level = iota
	NEON         // arm64: 128 bits
	AVX2         // amd64: 256 bits, with FMA
	AVX512       // amd64: 512 bits, F, BW, DQ and VL
)

// Variable is the environment variable that names the level to use.
const Variable = "HEFT_SIMD"

var names = []string{None: "none", NEON: "neon", AVX2: "avx2", AVX512: "avx512"}

// String returns the name that [Parse] reads.
func (l Level) String() string {
	if int(l) < len(names) {
		return names[l]
	}
	return fmt.Sprintf("Level(%d)", uint32(l))
}

// Parse returns the level of a name: none, neon, avx2 or avx512.
func Parse(name string) (Level, error) {
	i := slices.Index(names, name)
	if i < 0 {
		return None, fmt.Errorf("unknown SIMD level %q: it is one of %s", name, strings.Join(names, ", "))
	}
	return Level(i), nil
}

// Levels returns what this processor has, from None to the best.
func Levels() []Level { return slices.Clone(available) }

// Active returns the level in use.
func Active() Level { return Level(active.Load()) }

// Use makes a level the one in use, in the whole process; results of work under way may mix both. It refuses a level
// that this processor, or this build, does not have.
func Use(l Level) error {
	if !slices.Contains(available, l) {
		return fmt.Errorf("this processor or build has no SIMD level %v: it has %v", l, available)
	}
	active.Store(uint32(l))
	return nil
}

// BF16 tells whether the active level multiplies bfloat16 pairs (VDPBF16PS).
func BF16() bool { return Active() == AVX512 && hasBF16 }

// Err returns why the environment's wish was not followed, or nil.
func Err() error { return refused }

var (
	available = detect()
	active    atomic.Uint32
	refused   = start()
)

// start takes the level that the environment names, or the best; it returns what is wrong with the name.
func start() error {
	active.Store(uint32(available[len(available)-1]))
	name := os.Getenv(Variable)
	if name == "" {
		return nil
	}
	l, err := Parse(name)
	if err == nil {
		err = Use(l)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", Variable, err)
	}
	return nil
}
