//go:build noasm || !(amd64 || arm64)

package isa

const hasBF16 = false

func detect() []Level { return []Level{None} }
