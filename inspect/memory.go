package inspect

import "math"

// Memory is what a number of values takes in each format, in bytes. Int8 and Int4 are the codes alone; Q8_0 and Q4_0 are
// the same with a half as the scale of every 32 values, as ggml and llama.cpp store them.
type Memory struct {
	FP32 int64 `json:"fp32"`
	FP16 int64 `json:"fp16"` // bfloat16 takes the same
	Int8 int64 `json:"int8"`
	Q8_0 int64 `json:"q8_0"`
	Int4 int64 `json:"int4"`
	Q4_0 int64 `json:"q4_0"`
}

// plus adds numbers of values or bytes, up to the largest there is. A tensor of PyTorch that repeats its elements may claim to have
// nearly that many in a file of a few bytes.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// MemoryOf returns what n values take, or 2^61-1 values if n is more.
func MemoryOf(n int64) Memory {
	n = min(n, 1<<61-1)
	scales := 2 * ((n + 31) / 32)
	int4 := (n + 1) / 2
	return Memory{FP32: 4 * n, FP16: 2 * n, Int8: n, Q8_0: n + scales, Int4: int4, Q4_0: int4 + scales}
}
