package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/heft-ml/heft/benchmarks"
	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// perceptrons are the work loads that train or run a network.
var perceptrons = []protocol.Work{
	{Name: "MLP 784-512-256-10, batch 64, a training step", Kind: protocol.Train, Batch: 64, Widths: []int{784, 512, 256, 10}},
	{Name: "MLP 784-512-256-10, batch 256, a training step", Kind: protocol.Train, Batch: 256, Widths: []int{784, 512, 256, 10}},
	{Name: "MLP 64-128-10, batch 32, a training step", Kind: protocol.Train, Batch: 32, Widths: []int{64, 128, 10}},
	{Name: "MLP of 30 layers 256 wide, batch 64, a training step", Kind: protocol.Train, Batch: 64, Widths: append(slices.Repeat([]int{256}, 30), 10)},
	{Name: "MLP 784-512-256-10, batch 64, forward alone", Kind: protocol.Forward, Batch: 64, Widths: []int{784, 512, 256, 10}},
	{Name: "MLP 784-512-256-10, batch 256, forward alone", Kind: protocol.Forward, Batch: 256, Widths: []int{784, 512, 256, 10}},
}

// growth are training steps that grow in one direction each.
func growth() (works []protocol.Work) {
	add := func(name string, batch int, widths ...int) {
		works = append(works, protocol.Work{Name: "MLP " + name, Kind: protocol.Train, Batch: batch, Widths: widths})
	}
	for batch := 1; batch <= 1024; batch *= 4 {
		add(fmt.Sprintf("784-512-256-10, batch %d", batch), batch, 784, 512, 256, 10)
	}
	for width := 32; width <= 2048; width *= 2 {
		add(fmt.Sprintf("of 3 layers, width %d", width), 64, width, width, width, 10)
	}
	for depth := 1; depth <= 64; depth *= 2 {
		add(fmt.Sprintf("256 wide, layers: %d", depth), 64, append(slices.Repeat([]int{256}, depth), 10)...)
	}
	return works
}

// products returns every matrix product in its four transposes.
func products() (works []protocol.Work) {
	for _, s := range benchmarks.Products {
		for _, t := range benchmarks.Transposes {
			works = append(works, protocol.Work{
				Name: fmt.Sprintf("%s %s", s, t.Name), Kind: protocol.Sgemm, M: s.M, N: s.N, K: s.K, TransA: t.A, TransB: t.B,
			})
		}
	}
	return works
}

// writeStart saves the numbers that all contestants start a work load from.
func writeStart(path string, w protocol.Work) error {
	var tensors []dtype.Tensor
	add := func(name string, values []float32, shape ...int) error {
		t, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
		tensors = append(tensors, t)
		return err
	}
	switch w.Kind {
	case protocol.Sgemm:
		a, b := []int{w.M, w.K}, []int{w.K, w.N}
		if w.TransA {
			slices.Reverse(a)
		}
		if w.TransB {
			slices.Reverse(b)
		}
		if err := errors.Join(add("a", benchmarks.Normal(w.M*w.K), a...), add("b", benchmarks.Normal(w.K*w.N), b...)); err != nil {
			return err
		}
	case protocol.Train, protocol.Forward:
		m := benchmarks.NewMLP(w.Batch, w.Widths...)
		labels := make([]float32, len(m.Y.Data))
		for i, y := range m.Y.Data {
			labels[i] = float32(y)
		}
		if err := errors.Join(add("x", m.X.Data(), m.X.Shape()...), add("y", labels, m.Y.Shape...)); err != nil {
			return err
		}
		tensors = append(tensors, m.Store.Tensors()...)
	default:
		return fmt.Errorf("nobody knows what a work load of kind %q starts from", w.Kind)
	}
	return safetensors.Save(path, tensors, dtype.F32)
}
