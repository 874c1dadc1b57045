// Package tokenizer makes numbers of text and text of numbers: what a language model reads and writes.
//
//	t, err := tokenizer.Train("bpe:1024", text)
//	ids, err := t.Encode("To be, or not")
//	back := t.Decode(ids)
//
// There are two kinds:
//
//   - [Chars] has an id for every character (Unicode code point) of a text, in their order.
//   - [BPE] has an id for every byte, and for sequences of bytes that are frequent in a text: byte-pair encoding (Sennrich,
//     Haddow and Birch 2015, arXiv:1508.07909) of bytes with GPT-2's division into pieces (Radford et al. 2019). It encodes
//     whatever bytes there are, and decodes to the same.
//
// [Write] and [Read] exchange both with Hugging Face's tokenizer.json: Python's package tokenizers gives the same ids.
//
// Tokenizers are read-only once made, so goroutines may share them.
package tokenizer
