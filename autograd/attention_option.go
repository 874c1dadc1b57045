package autograd

import (
	"math"
	"math/rand/v2"
)

// AttentionOption says what queries see, and how. An option that the op does not have, or a number that cannot be, panics
// with a [*UsageError].
type AttentionOption struct {
	kind    attentionOption
	n       int
	x       float64
	lengths []int
	mask    Mask
	random  *rand.Rand
}

type attentionOption uint8

const (
	causalOption attentionOption = iota
	kvHeadsOption
	scaleOption
	keyRowsOption
	keyLengthsOption
	keyMaskOption
	weightDropoutOption
)

// Causal lets a query see no key that comes after it: of t queries and s keys, query i sees the keys up to s - t + i. So
// the last query sees all, as when earlier keys come from a cache. (PyTorch's is_causal counts from the first key; the
// two agree where t = s.)
func Causal() AttentionOption { return AttentionOption{kind: causalOption} }

// KVHeads is how many heads the keys and values of [Tensor.SelfAttention] have: as many as the queries unless this option
// says otherwise. Each serves heads/n neighbouring heads of the queries (grouped queries, arXiv:2305.13245).
func KVHeads(n int) AttentionOption { return AttentionOption{kind: kvHeadsOption, n: n} }

// AttentionScale is what scores are multiplied by, 1/√d unless this option says otherwise.
func AttentionScale(x float64) AttentionOption { return AttentionOption{kind: scaleOption, x: x} }

// KeyRows says that only the first s keys and values of [Tensor.Attention] are there: the rows after them are room that a
// cache will fill. They are not read, and get no gradient.
func KeyRows(s int) AttentionOption { return AttentionOption{kind: keyRowsOption, n: s} }

// KeyLengths hides padding at the end: sample i sees its first lengths[i] keys. Queries beyond them are computed all the
// same. The lengths must stay as they are until the way back is gone.
//
//	lengths: n of them, each from 0 to s
func KeyLengths(lengths []int) AttentionOption {
	return AttentionOption{kind: keyLengthsOption, lengths: lengths}
}

// KeyMask hides keys: those where it is false, from all queries of the sample. (PyTorch's key_padding_mask says the
// opposite.) The mask must stay as it is until the way back is gone.
//
//	mask [n, s]
func KeyMask(mask Mask) AttentionOption { return AttentionOption{kind: keyMaskOption, mask: mask} }

// AttentionDropout zeroes each weight with probability p and divides the others by 1-p, as GPT-2 does after the softmax.
// r is asked for one word; p = 0 draws nothing.
func AttentionDropout(p float64, r *rand.Rand) AttentionOption {
	return AttentionOption{kind: weightDropoutOption, x: p, random: r}
}

// attentionSettings is what the options say.
type attentionSettings struct {
	causal  bool
	kvHeads int // 0: not said
	scale   float64
	scaled  bool // scale was said
	keyRows int  // -1: all
	lengths []int
	mask    Mask
	dropout float64
	key     uint64 // of the dropped weights
}

func attentionSettingsOf(op string, opts []AttentionOption) attentionSettings {
	s := attentionSettings{keyRows: -1}
	for i := range opts {
		s.apply(op, &opts[i])
	}
	return s
}

// apply sets what one option says.
func (s *attentionSettings) apply(op string, o *AttentionOption) {
	switch o.kind {
	case causalOption:
		s.causal = true
	case kvHeadsOption:
		if op != selfAttention {
			misuse(op, "the shape of the keys says how many heads they have: KVHeads is an option of %s", selfAttention)
		}
		if o.n < 1 {
			misuse(op, "kv heads must be 1 or more, not %d", o.n)
		}
		s.kvHeads = o.n
	case scaleOption:
		if math.IsNaN(o.x) || math.IsInf(o.x, 0) {
			misuse(op, "the scale must be finite, not %v", o.x)
		}
		s.scale, s.scaled = o.x, true
	case keyRowsOption:
		if op == selfAttention {
			misuse(op, "there are as many keys as queries: KeyRows is an option of %s", crossAttention)
		}
		if o.n < 0 {
			misuse(op, "key rows must be 0 or more, not %d", o.n)
		}
		s.keyRows = o.n
	case keyLengthsOption:
		s.lengths = o.lengths
	case keyMaskOption:
		s.mask = o.mask
	case weightDropoutOption:
		s.drop(op, o)
	}
}

// drop draws what dropout of the weights follows from.
func (s *attentionSettings) drop(op string, o *AttentionOption) {
	if !(o.x >= 0 && o.x <= 1) {
		misuse(op, "the probability of dropout must be from 0 to 1, not %v", o.x)
	}
	if o.x == 0 {
		return
	}
	if o.random == nil {
		misuse(op, "dropout of p = %v needs a source of randomness", o.x)
	}
	s.dropout, s.key = o.x, o.random.Uint64()
}

// checkKeys panics unless lengths and mask are those of n samples and so many keys.
func (s *attentionSettings) checkKeys(op string, n, keys int) {
	if s.lengths != nil && len(s.lengths) != n {
		misuse(op, "%d lengths of keys for %d samples", len(s.lengths), n)
	}
	for i, l := range s.lengths {
		if l < 0 || l > keys {
			misuse(op, "sample %d has %d keys, but its length is %d", i, keys, l)
		}
	}
	if m := s.mask; m.Shape != nil || m.Data != nil {
		m.check(op)
		if len(m.Shape) != 2 || m.Shape[0] != n || m.Shape[1] != keys {
			panic(&ShapeError{Op: op, Operands: []Operand{m.operand(), {Shape: []int{n, keys}}}, Reason: "the mask of keys must have a row for each sample, of all keys"})
		}
	}
}
