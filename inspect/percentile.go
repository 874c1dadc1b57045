package inspect

import (
	"context"
	"math"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// Percentiles are the smallest values that so many percent of the finite values do not exceed: the p-th is the one of rank
// p/100 n, rounded up, of n in order. They are values of the tensor, none is interpolated.
type Percentiles struct {
	P1  Number `json:"p1"`
	P5  Number `json:"p5"`
	P25 Number `json:"p25"`
	P50 Number `json:"p50"`
	P75 Number `json:"p75"`
	P95 Number `json:"p95"`
	P99 Number `json:"p99"`
}

// percents are those of Percentiles, in order.
var percents = [...]int{1, 5, 25, 50, 75, 95, 99}

// sortable is how many values are sorted in memory; of more, the bits are counted.
const sortable = 1 << 16

// newPercentiles finds the percentiles of a tensor with n finite values, n > 0. The only error is that of ctx.
func newPercentiles(ctx context.Context, t dtype.Tensor, n int) (Percentiles, error) {
	find := counted
	if n <= sortable {
		find = sorted
	}
	var ranks [len(percents)]int
	for i, p := range percents {
		ranks[i] = (p*(n/100) + (p*(n%100)+99)/100) - 1 // from 0, and no product overflows
	}
	v, err := find(ctx, t, ranks)
	return Percentiles{v[0], v[1], v[2], v[3], v[4], v[5], v[6]}, err
}

// sorted puts all values in order.
func sorted(ctx context.Context, t dtype.Tensor, ranks [len(percents)]int) (values [len(percents)]Number, err error) {
	var all []float64
	for x := range chunks(t) {
		if err := ctx.Err(); err != nil {
			return values, err
		}
		for _, v := range x {
			if finite(v) {
				all = append(all, v+0) // of -0 makes 0
			}
		}
	}
	slices.Sort(all)
	for i, rank := range ranks {
		values[i] = Number(all[rank])
	}
	return values, nil
}

// digit is how many bits of a value each walk over the tensor decides.
const digit = 16

// counted finds each value by its bits, the highest first: a walk counts how often each value of the next digit follows
// what is known of the value so far. It is a radix selection, and needs no memory for the values.
func counted(ctx context.Context, t dtype.Tensor, ranks [len(percents)]int) (values [len(percents)]Number, err error) {
	var known [len(percents)]uint64 // the digits so far, in the lowest bits
	for done := 0; done < 64; done += digit {
		prefixes := slices.Compact(slices.Clone(known[:]))
		counts := make([][1 << digit]int, len(prefixes))
		for x := range chunks(t) {
			if err := ctx.Err(); err != nil {
				return values, err
			}
			for _, v := range x {
				if !finite(v) {
					continue
				}
				key := ordered(v + 0)
				if at := slices.Index(prefixes, key>>(64-done)); at >= 0 { // a shift by 64 makes 0
					counts[at][key<<done>>(64-digit)]++
				}
			}
		}
		for i := range known {
			of := &counts[slices.Index(prefixes, known[i])]
			next := 0
			for ; ranks[i] >= of[next]; next++ {
				ranks[i] -= of[next]
			}
			known[i] = known[i]<<digit | uint64(next)
		}
	}
	for i, key := range known {
		values[i] = Number(unordered(key))
	}
	return values, nil
}

// signBit is that of a float64.
const signBit = 1 << 63

// ordered maps floats to integers of the same order.
func ordered(v float64) uint64 {
	if bits := math.Float64bits(v); bits&signBit != 0 {
		return ^bits
	}
	return math.Float64bits(v) | signBit
}

// unordered undoes ordered.
func unordered(key uint64) float64 {
	if key&signBit != 0 {
		return math.Float64frombits(key &^ signBit)
	}
	return math.Float64frombits(^key)
}
