//go:build !noasm

package isa

import "golang.org/x/sys/cpu"

var hasBF16 = cpu.X86.HasAVX512BF16

func detect() []Level {
	x := cpu.X86
	levels := []Level{None}
	if x.HasAVX2 && x.HasFMA {
		levels = append(levels, AVX2)
		if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL {
			levels = append(levels, AVX512)
		}
	}
	return levels
}
