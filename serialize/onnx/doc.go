// Package onnx writes ONNX files (https://onnx.ai, onnx/onnx.proto): a graph of operators with their weights, which onnxruntime and others run.
//
//	g := &onnx.Graph{Name: "line"}
//	x := g.Input("x", dtype.F32, onnx.Dynamic("batch"), onnx.Fixed(3))
//	g.Weight(weight)
//	g.Output(g.Add("y", "Gemm", []string{x, weight.Name}, onnx.Int("transB", 1)), dtype.F32, onnx.Dynamic("batch"), onnx.Fixed(2))
//	err := onnx.Save("line.onnx", g)
//
// Files are of operator set 20 and IR version 9, the first that has Gelu; onnxruntime reads them from 1.17 on. What a graph must hold so that any reader
// accepts it is checked before anything is written: names that are made once, before they are used. What operators mean and want, the reader checks.
//
// The package knows no models: models/export makes graphs of them. Nothing is read.
package onnx
