// Package language takes GPT-2s and Llamas from one form to another, with all that belongs to them: names and order of the
// weights, configuration, tokenizer.
//
//	m, err := language.Open("runs/text-1")
//	defer m.Close()
//	r, err := m.Write(ctx, "text.gguf", language.GGUF, language.Options{})
//
// The forms are a folder as Hugging Face's transformers reads it, a run's folder as Heft leaves it, and a GGUF file as
// llama.cpp reads it. Weights are under the names and in the order of package models while they are on the way: each form
// has its own from and to there, so that none knows of another. What belongs to an architecture is in its file, in one
// table for both directions: [gpt2.go], [llama.go].
//
// # What differs
//
//   - Names: transformer.h.0.attn.c_attn.weight, h.0.attn.c_attn.weight, blk.0.attn_qkv.weight.
//   - Hugging Face's GPT-2 holds the weights of c_attn, c_proj and c_fc transposed (Conv1D).
//   - llama.cpp's Llama rotates neighbours where Hugging Face and Heft rotate halves of a head: rows of queries and keys
//     stand in another order.
//   - The configuration is config.json, the recipe, or keys such as gpt2.embedding_length.
//   - The tokenizer is a tokenizer.json, beside the weights or in a run's metadata, or lists of tokens and merges in keys
//     of GGUF. Characters become byte pairs there, of which none joins two characters.
//   - The template for conversations is a file, a setting in tokenizer_config.json, or a key. A run has none.
//
// A tensor, key or setting that has no place in the other form, and that changes what the model computes, is an error that
// names it. What changes nothing and has no place is left behind, and [convert.Result] lists it.
//
// A model that Heft trained keeps its recipe in the metadata of all forms. On its way back to a run it is what it was:
// it writes, it is scored, and it can be reproduced.
package language
