// Package heft is the map of the module: an engine for training small neural networks in plain Go, and for the weights
// that come out.
//
// Read in this order:
//
//	autograd             tensors, a tape, and ops that record how to go back
//	autograd/gradcheck   central differences for any op, yours too
//	init                 package initializer: what parameters start as
//	nn                   Store, Param, Pass; layers named as PyTorch names them
//	optim                SGD, Adam, AdamW, NAdam, RMSprop, Lion, Muon; schedules; groups; averages
//	models               small reference networks built from nn alone: LeNet, ResNet, GPT, Llama
//	dtype                float16, bfloat16 and others as encodings of float32
//	serialize            weight files: serialize/safetensors, serialize/torchfile
//	quant/ggml           ggml's block formats, Q4_0 to Q6_K, which GGUF files hold
//	tokenizer            characters and byte pairs as ids, and tokenizer.json
//	data                 small sets, batches as iterators
//	lab                  experiments on initialization; lab/report and lab/figure show what they found
//	inspect              what a weights file holds: statistics, totals, recipe
//	train                the loop, its progress, its files and their recipe
//	cmd/heft             the command: train, eval, predict, reproduce, compare, tune, inspect, data, lab
//
// Arrows point down only: cmd and examples use train, which uses nn, optim and data, which use autograd and init, which
// use internal/simd (loops over slices) and internal/blas (matrix products, on gonum). Weight files know nothing of the
// engine: nn and serialize meet in dtype.Tensor.
package heft
