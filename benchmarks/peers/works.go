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

// networks are training steps of other networks.
var networks = []protocol.Work{
	{Name: "LeNet-5, batch 64, a training step", Kind: protocol.LeNet5, Batch: 64},
	{Name: "CNN 32/64, batch 64, a training step", Kind: protocol.CNN, Batch: 64},
	{
		Name: "LSTM 2x256, 64 tokens, batch 32, a training step", Kind: protocol.LSTM,
		Batch: 32, Length: 64, Vocabulary: 65, Layers: 2, Width: 256, Embedding: 128,
	},
	{
		Name: "GPT 4x128, 64 tokens, batch 12, a training step", Kind: protocol.GPT,
		Batch: 12, Length: 64, Vocabulary: 65, Layers: 4, Width: 128, Heads: 4,
	},
	{
		Name: "GPT 6x384, 256 tokens, batch 8, a training step", Kind: protocol.GPT,
		Batch: 8, Length: 256, Vocabulary: 65, Layers: 6, Width: 384, Heads: 6,
	},
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
	batch := func(n *benchmarks.Network) error {
		tensors = append(tensors, n.Store.Tensors()...)
		if n.X == nil {
			return errors.Join(add("x", floats(n.IDs.Data), n.IDs.Shape...), add("y", floats(n.Y.Data), n.Y.Shape...))
		}
		return errors.Join(add("x", n.X.Data(), n.X.Shape()...), add("y", floats(n.Y.Data), n.Y.Shape...))
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
		if err := batch(benchmarks.NewMLP(w.Batch, w.Widths...).Network); err != nil {
			return err
		}
	case protocol.Touch, protocol.Write, protocol.Save, protocol.ToBF16, protocol.SaveBF16:
		return writeFile(path, w)
	default:
		n := w.Network()
		if n == nil {
			return fmt.Errorf("nobody knows what a work load of kind %q starts from", w.Kind)
		}
		if err := batch(n); err != nil {
			return err
		}
	}
	return safetensors.Save(path, tensors, dtype.F32)
}

// floats returns labels as the files have them, which hold nothing but F32.
func floats(labels []int32) []float32 {
	x := make([]float32, len(labels))
	for i, v := range labels {
		x[i] = float32(v)
	}
	return x
}
