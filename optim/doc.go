// Package optim takes gradients and moves parameters.
//
//	opt := optim.NewAdamW(store, 1e-3, optim.WeightDecay(0.1),
//		optim.Scheduled(optim.Warmup(100, 0.1, optim.Cosine(900, 0.1))),
//		optim.Group(optim.Names(regexp.MustCompile(`^head\.`)), optim.LR(1e-4)))
//	grads := pass.Backward(loss)
//	grads.ClipNorm(1)
//	opt.Step(grads)
//
// The formulas are PyTorch's, to the rounding. One habit differs: weight decay given to the optimizer as a whole applies
// to weights and embeddings, not to biases and scales, as is the custom since GPT-2; a [Group] with its own
// [WeightDecay] decays whatever it matches.
package optim
