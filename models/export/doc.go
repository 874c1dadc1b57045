// Package export translates models of package models, and nn.MLP, into graphs of package onnx, which onnxruntime and others run without Heft.
//
//	g, err := export.LeNet5(config, export.Trained(store))
//	err = onnx.Save("lenet5.onnx", g)
//
// A model is its configuration and its weights, whether they are in a Store ([Trained]) or in a file (the method Read of a serialize.File); [Of] finds the
// function for a model that is there. Weights keep their names and shapes. The graph is that of inference: dropout is nothing, batch norm takes the running mean and variance. All computes in
// float32.
//
// Graphs have one input, "x" or "ids", and one output, "y" or "logits". The number of samples, and of positions of a text, is chosen at each run.
package export
