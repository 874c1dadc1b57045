// Package lab shows what initialization does to a network: how large its signal and its gradients are from layer to
// layer, before training and while it trains, and what becomes of the loss.
//
//	e, err := lab.New(lab.Setup{Data: "spiral", Depth: 20, Width: 64, Activation: "relu", Scheme: "xavier-normal", ...})
//	start := e.Measure()               // what every layer returns, and the gradients that come back to it
//	trace, err := e.Run(ctx, 50)     // the setup's steps, measured before every 50th
//
// [Measure] and [MeasureLoss] look at any model of package nn: through a probe at what its layers return and what comes
// back, through Grads at its parameters' gradients, through the Store at its parameters. Layers know nothing of it.
//
//	Setup, Experiment    a network, its data and its training, from a line of settings
//	Open, OpenTable      data by name, or from a table, scaled
//	Propagation          every layer's activations and gradients, every parameter's values and gradients
//	Updates              how far an optimizer step moves each parameter
//	Correlation          how alike two inputs are from layer to layer
//	Responses, LinearCKA what modules make of inputs, and how alike two networks' are
//	Jacobian             of any function of a pass; SingularValues and MarchenkoPastur say how it stretches
//	LSUV                 a start that is fitted to data (arXiv:1511.06422)
//	Study, Findings      cases side by side over several seeds: what 'heft lab init' reports
//	Theory, MeanField    measured second moments beside predicted ones: what 'heft lab theory' reports
//	Precision            one training in several number formats: what 'heft lab precision' reports
//
// # Letters of shapes
//
//	n        samples of a batch
//	in, out  numbers that a layer takes and returns, of one sample
package lab
