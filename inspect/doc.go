// Package inspect looks into a weights file: what tensors it holds, what part each plays, and how their values are
// distributed. It reads every format of package serialize, trusts no file, and never needs the engine.
//
//	r, err := inspect.File(ctx, "runs/digits-1", inspect.WithStats())
//	err = r.WriteText(os.Stdout, inspect.Layout{Width: 120})
//	err = r.WriteJSON(os.Stdout)
//
// A [Report] needs the header of the file alone; [WithStats] reads the values too, with one tensor in memory at a time.
//
// # Kinds
//
// A file made by Heft tells the kind of each tensor in its metadata; [KindsFrom] says how to read it. For any other tensor
// the kind is inferred, and marked as such, from its name, dtype and shape. The part after the last dot of the name is the
// tensor's own name, the part before it is its module's. The first rule that fits decides:
//
//	buffer     whole numbers and truths; own name running_mean, running_var, num_batches_tracked, position_ids, inv_freq or masked_bias;
//	           or own name bias and shape [1, 1, n, n] with n above 1: a causal mask, as GPT-2's files have
//	bias       own name ends in bias, begins with bias_ (recurrent layers), or is beta with one dimension
//	embedding  two dimensions, and the own name or the module's is wte or wpe, begins with embed, or ends in
//	           emb, embd, embed, embeds, embedding or embeddings
//	scale      one dimension, and own name weight, gamma or scale
//	weight     everything else
//
// # Statistics
//
// Values are read exactly as float64, except those of I64 and U64 beyond 2^53, which are rounded. BOOL counts as 0 and 1.
// Blocks of GGUF are looked at as the F32 they stand for. Tensors of other formats than [dtype.DType.Castable] tells, and
// tensors without values, have no statistics. NaN and infinities are counted, and left
// out of everything else.
package inspect
