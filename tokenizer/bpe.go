package tokenizer

import (
	"container/heap"
	"fmt"
)

// BPE has an id for every byte and for sequences of bytes, which pairs of shorter ones make, in a given order.
type BPE struct {
	tokens [][]byte       // by id
	merges []pair         // the first ones go first
	bytes  [256]int32     // ids of single bytes
	ranks  map[pair]merge // of merges
}

// pair is two tokens that follow one another.
type pair struct{ left, right int32 }

func (p pair) less(q pair) bool {
	return p.left < q.left || p.left == q.left && p.right < q.right
}

// merge is what a pair becomes, and which merge in order that is.
type merge struct {
	rank int
	id   int32
}

// newBPE returns the tokenizer of tokens and merges, which must fit: every single byte is a token, and what a merge
// makes too.
func newBPE(tokens [][]byte, merges []pair) (*BPE, error) {
	t := &BPE{tokens: tokens, merges: merges, ranks: make(map[pair]merge, len(merges))}
	ids := make(map[string]int32, len(tokens))
	for id, token := range tokens {
		ids[string(token)] = int32(id)
	}
	for b := range t.bytes {
		id, ok := ids[string([]byte{byte(b)})]
		if !ok {
			return nil, fmt.Errorf("the vocabulary has no token for byte 0x%02x", b)
		}
		t.bytes[b] = id
	}
	for rank, m := range merges {
		whole := string(tokens[m.left]) + string(tokens[m.right])
		id, ok := ids[whole]
		if !ok {
			return nil, fmt.Errorf("merge %d makes %.40q, which is no token of the vocabulary", rank+1, whole)
		}
		if _, twice := t.ranks[m]; twice {
			return nil, fmt.Errorf("merge %d is there twice", rank+1)
		}
		t.ranks[m] = merge{rank, id}
	}
	return t, nil
}

// Encode returns the ids of a text, of whatever bytes. The error is always nil.
func (t *BPE) Encode(text string) ([]int32, error) {
	ids := make([]int32, 0, len(text)/2)
	known := map[string][]int32{}
	for piece := range pieces(text) {
		of, ok := known[piece]
		if !ok {
			of = t.encode(piece)
			known[piece] = of
		}
		ids = append(ids, of...)
	}
	return ids, nil
}

// encode merges the bytes of a piece, the pair of lowest rank first and of equal ones the leftmost, until no pair is left
// that merges. It takes n log n steps.
func (t *BPE) encode(piece string) []int32 {
	ids, next, before := make([]int32, len(piece)), make([]int, len(piece)), make([]int, len(piece))
	for i := range len(piece) {
		ids[i], next[i], before[i] = t.bytes[piece[i]], i+1, i-1
	}
	var waiting candidates
	consider := func(i int) {
		if i >= 0 && next[i] < len(ids) {
			p := pair{ids[i], ids[next[i]]}
			if m, ok := t.ranks[p]; ok {
				heap.Push(&waiting, candidate{m, i, p})
			}
		}
	}
	for i := range ids {
		consider(i)
	}
	const gone = -1
	for len(waiting) > 0 {
		c := heap.Pop(&waiting).(candidate)
		i, right := c.at, next[c.at]
		if ids[i] != c.pair.left || right >= len(ids) || ids[right] != c.pair.right { // changed since
			continue
		}
		ids[i], ids[right] = c.id, gone
		next[i] = next[right]
		if next[i] < len(ids) {
			before[next[i]] = i
		}
		consider(before[i])
		consider(i)
	}
	merged := ids[:0]
	for _, id := range ids {
		if id != gone {
			merged = append(merged, id)
		}
	}
	return merged
}

// candidate is a pair that merges, and the place of its left half.
type candidate struct {
	merge
	at   int
	pair pair
}

// candidates is a heap: the lowest rank first, and of equal ones the leftmost.
type candidates []candidate

func (c candidates) Len() int { return len(c) }
func (c candidates) Less(i, j int) bool {
	return c[i].rank < c[j].rank || c[i].rank == c[j].rank && c[i].at < c[j].at
}
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(x any)   { *c = append(*c, x.(candidate)) }
func (c *candidates) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// Decode returns the bytes of ids. It panics if an id is not from 0 to below Len.
func (t *BPE) Decode(ids []int32) []byte {
	var text []byte
	for _, id := range ids {
		text = append(text, t.tokens[id]...)
	}
	return text
}

// Len returns how many tokens there are.
func (t *BPE) Len() int { return len(t.tokens) }

// String returns "bpe:" and the size of the vocabulary.
func (t *BPE) String() string { return fmt.Sprintf("bpe:%d", len(t.tokens)) }
