//go:build !noasm

package isa

const hasBF16 = false

// detect needs no look: every arm64 processor has NEON.
func detect() []Level { return []Level{None, NEON} }
