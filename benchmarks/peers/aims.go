package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	"github.com/heft-ml/heft/internal/isa"
)

// aim is a figure that Heft is to reach.
type aim struct {
	what  string
	least float64
	got   float64 // NaN: not measured in this run
}

// writeAims writes what was aimed at and what was reached, as far as it was measured.
func (r report) writeAims(w io.Writer) {
	var aims []aim
	for _, s := range r.sections {
		if s.label == inProducts {
			aims = append(aims, productAims(s)...)
		} else if s.label == inSteps && s.cores == runtime.NumCPU() {
			aims = append(aims, stepAims(s.outcomes)...)
		} else if s.label == inNetworks && s.cores == runtime.NumCPU() {
			aims = append(aims, networkAims(s.outcomes)...)
		} else if s.label == inFiles {
			aims = append(aims, fileAims(s.outcomes)...)
		}
	}
	aims = append(aims, startAims(r.starts)...)
	aims = slices.DeleteFunc(aims, func(a aim) bool { return math.IsNaN(a.got) })
	if len(aims) == 0 {
		return
	}
	fmt.Fprintf(w, "\n| aim | at least | reached | |\n|---|--:|--:|---|\n")
	for _, a := range aims {
		verdict := "missed"
		if a.got >= a.least {
			verdict = "met"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", a.what, number(a.least), number(a.got), verdict)
	}
}

func productAims(s done) []aim {
	all := large(s.outcomes)
	if len(all) == 0 {
		return nil
	}
	share := 0.78
	if s.cores == 1 {
		share = 0.82
	}
	on := ", " + coresText(s.cores)
	return []aim{
		{"products' share of the peak, geometric mean" + on, share, meanTimes(all, "peak")},
		{"products' share of the peak, worst" + on, 0.60, worstShare(all, s.cores)},
		{"products: OpenBLAS's time / Heft's" + on, 1.05, meanTimes(all, "numpy")},
		{"products: gonum's time / Heft's" + on, 12, meanTimes(all, "gonum")},
		{"products from 256 up: float32's time / bfloat16's" + on, 1.7, bf16Gain(all)},
	}
}

// bf16Gain is NaN where the processor does not multiply bfloat16.
func bf16Gain(group []outcome) float64 {
	group = slices.DeleteFunc(slices.Clone(group), func(o outcome) bool { return min(o.work.M, o.work.K, o.work.N) < 256 })
	if len(group) == 0 || !isa.BF16() {
		return math.NaN()
	}
	return 1 / meanTimes(group, "heft-bf16")
}

// find returns the place of a contestant among the results of a work load that Heft has done too, or -1.
func (o outcome) find(key string) int {
	i := slices.IndexFunc(o.results, func(r result) bool { return r.key == key && r.left == "" })
	if o.results[0].key != "heft" || o.results[0].left != "" {
		return -1
	}
	return i
}

// times returns the median of a contestant's times in proportion to Heft's, or NaN.
func (o outcome) times(key string) float64 {
	i := o.find(key)
	if i < 0 {
		return math.NaN()
	}
	return median(o.ratios(i))
}

// meanTimes returns the median over the rounds of the geometric mean over work loads, or NaN.
func meanTimes(group []outcome, key string) float64 {
	i := group[0].find(key)
	if i < 0 {
		return math.NaN()
	}
	return median(meanRatios(group, i))
}

// small is the number of operations of a product below which several cores need only reach that share of one core's peak.
const small = 10e6

func worstShare(group []outcome, cores int) float64 {
	worst := math.Inf(1)
	for _, o := range group {
		share := o.times("peak")
		if o.work.FLOPs() < small {
			share *= float64(cores)
		}
		worst = min(worst, share) // NaN if one of them is
	}
	return worst
}

// fastest returns the times of the fastest of some contestants in proportion to Heft's, or NaN.
func (o outcome) fastest(keys ...string) (least float64) {
	least = math.Inf(1)
	for _, key := range keys {
		if t := o.times(key); !math.IsNaN(t) {
			least = min(least, t)
		}
	}
	if math.IsInf(least, 1) {
		return math.NaN()
	}
	return least
}

// networkAims are those of all networks beside other libraries, and those of the GPTs on several cores.
func networkAims(outcomes []outcome) (aims []aim) {
	least := []float64{2.5, 1.6, 1.4, 2.4, 2.0} // as networks
	for _, o := range outcomes {
		i := slices.IndexFunc(networks, func(w protocol.Work) bool { return w.Name == o.work.Name })
		aims = append(aims, aim{o.work.Name + ": the fastest of PyTorch's and JAX's times / Heft's", least[i], o.fastest("torch", "torch-compiled", "jax")})
		if o.work.Kind == protocol.GPT {
			aims = append(aims, aim{o.work.Name + ": one core's time / Heft's", 1.75, o.times("heft-one-core")})
		}
	}
	return aims
}

// stepAims takes the first three perceptrons.
func stepAims(outcomes []outcome) (aims []aim) {
	for _, o := range outcomes {
		frameworks, goPeers := o.fastest("torch", "torch-compiled", "jax"), o.fastest("gomlx", "spago")
		switch o.work.Name {
		case perceptrons[0].Name:
			aims = append(aims, aim{o.work.Name + ": the fastest of PyTorch's and JAX's times / Heft's", 1.7, frameworks})
			aims = append(aims, aim{o.work.Name + ": the fastest Go library's time / Heft's", 8, goPeers})
		case perceptrons[1].Name:
			aims = append(aims, aim{o.work.Name + ": the fastest of PyTorch's and JAX's times / Heft's", 1.35, frameworks})
			aims = append(aims, aim{o.work.Name + ": the fastest Go library's time / Heft's", 5.5, goPeers})
		case perceptrons[2].Name:
			aims = append(aims, aim{o.work.Name + ": PyTorch's time / Heft's", 10, o.fastest("torch", "torch-compiled")})
		}
	}
	return aims
}

// startAims: all of a perceptron's start, and the memory alone of a large network, which is at most 45% of PyTorch's.
func startAims(beginnings []beginning) (aims []aim) {
	for _, b := range beginnings {
		find := func(key string) int {
			return slices.IndexFunc(b.starts, func(s start) bool { return s.key == key })
		}
		heft, torch := find("heft"), find("torch")
		if heft < 0 || torch < 0 {
			continue
		}
		memory := median(b.starts[torch].bytes) / median(b.starts[heft].bytes)
		if b.work.Name != perceptrons[0].Name {
			aims = append(aims, aim{b.work.Name + ": PyTorch's memory / Heft's", 1 / 0.45, memory})
			continue
		}
		aims = append(aims,
			aim{"start to the first finished step: PyTorch's time / Heft's", 50, median(b.starts[torch].seconds) / median(b.starts[heft].seconds)},
			aim{"start to the first finished step: PyTorch's memory / Heft's", 15, memory})
	}
	return aims
}
