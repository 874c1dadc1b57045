// Package optim takes gradients and moves parameters.
//
//	opt := optim.NewAdamW(store, 1e-3, optim.WeightDecay(0.1),
//		optim.Scheduled(optim.Warmup(100, 0.1, optim.Cosine(900, 0.1))),
//		optim.Group(optim.Names(regexp.MustCompile(`^head\.`)), optim.LR(1e-4)))
//	grads := pass.Backward(loss)
//	grads.ClipNorm(1)
//	opt.Step(grads)
//
// [AdamW] is the one to begin with. [SGD] with momentum needs its rate tuned, and often generalizes best on images;
// [NAdam] is Adam with a look ahead; [Lion] keeps half of the memory and wants a third to a tenth of AdamW's rate with a
// weight decay so many times larger; [Muon] makes the steps of weight matrices orthogonal and takes AdamW's rate.
// An [EMA] averages the weights over the steps; a [Plateau] is a [Schedule] that watches the loss.
//
// The formulas are PyTorch's, to the rounding. One habit differs: weight decay given to the optimizer as a whole applies
// to weights and embeddings, not to biases and scales, as is the custom since GPT-2; a [Group] with its own
// [WeightDecay] decays whatever it matches.
package optim
