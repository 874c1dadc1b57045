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
//	models               small reference networks built from nn alone: LeNet, CNN, ResNet, GPT, Llama, CharRNN
//	models/export        models as ONNX graphs, for onnxruntime and others
//	dtype                float16, bfloat16 and others as encodings of float32
//	serialize            weight files of every format: serialize/safetensors, gguf, torchfile, npz; onnx for graphs;
//	                     serialize/fault is what they say of broken ones
//	quant/ggml           ggml's block formats, Q4_0 to Q6_K, which GGUF files hold
//	tokenizer            characters and byte pairs as ids, and tokenizer.json
//	data                 small sets, batches as iterators
//	lab                  experiments on initialization; lab/report and lab/figure show what they found, lab/play in a
//	                     browser; lab/paper does papers again, lab/same sets two networks side by side, lab/sweep trains
//	                     one of every start, width and depth
//	inspect              what a weights file holds: tree, statistics, values, hashes; how two differ
//	convert              weights files in another format, with other number formats, names or metadata
//	convert/language     GPT-2s and Llamas between Hugging Face's folders, runs and GGUF, with all that belongs to them
//	train                the loop, its progress, its files and their recipe; train/tune searches over settings,
//	                     train/tensorboard writes event files
//	cmd/heft             the command: train, eval, tune, predict, generate, compare, reproduce, inspect, diff, convert,
//	                     split, merge, verify, meta, print, size, data, lab
//
// Arrows point down only: cmd and examples use train, which uses nn, optim and data, which use autograd and init, which
// use internal/simd (loops over slices) and internal/blas (matrix products). Weight files know nothing of the engine: nn
// and serialize meet in dtype.Tensor.
package heft
