package tokenizer

import (
	"container/heap"
	"fmt"
	"slices"
)

// fewest is how often a pair must stand in the text to become a token.
const fewest = 2

// TrainBPE returns a tokenizer with a vocabulary of at most size tokens: all bytes, then again and again the pair of tokens
// that stands most often in the pieces of the text, as long as one stands there twice. Of pairs that are equally frequent
// the one of lower ids goes first, so a text always gives the same vocabulary: that of Hugging Face's BpeTrainer with a
// min_frequency of 2. It panics unless size is from 256 to 65536.
func TrainBPE(text string, size int) *BPE {
	if size < bytesOfAlphabet || size > maxVocabulary {
		panic(fmt.Errorf("tokenizer: the size of a vocabulary is %d, but must be from %d to %d", size, bytesOfAlphabet, maxVocabulary))
	}
	tokens, ids := alphabet()
	known := make(map[string]int32, size)
	for id, token := range tokens {
		known[string(token)] = int32(id)
	}
	c := newCounts(text, ids)
	var merges []pair
	for len(tokens) < size {
		p, ok := c.most()
		if !ok {
			break
		}
		whole := slices.Concat(tokens[p.left], tokens[p.right])
		id, again := known[string(whole)] // another pair may have made the same bytes
		if !again {
			id = int32(len(tokens))
			known[string(whole)] = id
			tokens = append(tokens, whole)
		}
		merges = append(merges, p)
		c.merge(p, id)
	}
	t, err := newBPE(tokens, merges)
	if err != nil {
		panic(fmt.Errorf("tokenizer: %w", err)) // the loop above makes what fits
	}
	return t
}

// alphabet returns the tokens of single bytes in the order of their signs, and their ids by byte.
func alphabet() (tokens [][]byte, ids [256]int32) {
	for b := range 256 {
		tokens = append(tokens, []byte{byte(b)})
	}
	slices.SortFunc(tokens, func(a, b []byte) int { return int(signs[a[0]]) - int(signs[b[0]]) })
	for id, token := range tokens {
		ids[token[0]] = int32(id)
	}
	return tokens, ids
}

// word is a piece of the text in tokens, and how often it stands there.
type word struct {
	ids   []int32
	count int
}

// counts tells how often pairs stand in a text.
type counts struct {
	words []word
	of    map[pair]int
	in    map[pair][]int // words that have the pair, or had it; a word may come more than once
	queue pairQueue      // counts may be of the past
}

func newCounts(text string, ids [256]int32) *counts {
	c := &counts{of: map[pair]int{}, in: map[pair][]int{}}
	index := map[string]int{}
	for piece := range pieces(text) {
		i, seen := index[piece]
		if !seen {
			i = len(c.words)
			index[piece] = i
			w := word{ids: make([]int32, len(piece))}
			for at := range len(piece) {
				w.ids[at] = ids[piece[at]]
			}
			c.words = append(c.words, w)
		}
		c.words[i].count++
	}
	for i, w := range c.words {
		for p := range pairsOf(w.ids) {
			c.of[p] += w.count
			c.in[p] = append(c.in[p], i)
		}
	}
	for p, n := range c.of {
		c.queue = append(c.queue, counted{p, n})
	}
	heap.Init(&c.queue)
	return c
}

func pairsOf(ids []int32) func(yield func(pair) bool) {
	return func(yield func(pair) bool) {
		for i := 1; i < len(ids); i++ {
			if !yield(pair{ids[i-1], ids[i]}) {
				return
			}
		}
	}
}

// most returns the most frequent pair; ok is false when none stands in the text often enough.
func (c *counts) most() (p pair, ok bool) {
	for len(c.queue) > 0 {
		top := heap.Pop(&c.queue).(counted)
		now := c.of[top.pair]
		switch {
		case now < fewest: // it comes back into the queue if it becomes frequent
		case now == top.count:
			return top.pair, true
		default:
			heap.Push(&c.queue, counted{top.pair, now})
		}
	}
	return pair{}, false
}

// merge makes one token of a pair wherever it stands.
func (c *counts) merge(p pair, id int32) {
	words := c.in[p]
	delete(c.in, p)
	fresh := map[pair]bool{}
	for _, i := range words {
		w := &c.words[i]
		before := slices.Clone(w.ids)
		w.ids = merged(w.ids, p, id)
		if len(w.ids) == len(before) {
			continue
		}
		for q := range pairsOf(before) {
			c.of[q] -= w.count
		}
		for q := range pairsOf(w.ids) {
			c.of[q] += w.count
			if q.left == id || q.right == id {
				c.in[q] = append(c.in[q], i)
				fresh[q] = true
			}
		}
	}
	delete(c.of, p)
	for q := range fresh {
		heap.Push(&c.queue, counted{q, c.of[q]})
	}
}

// merged replaces a pair from the left on, in place.
func merged(ids []int32, p pair, id int32) []int32 {
	out := ids[:0]
	for i := 0; i < len(ids); i++ {
		if i+1 < len(ids) && ids[i] == p.left && ids[i+1] == p.right {
			out = append(out, id)
			i++
		} else {
			out = append(out, ids[i])
		}
	}
	return out
}

// counted is a pair with its count.
type counted struct {
	pair
	count int
}

// pairQueue is a heap: the highest count first, and of equal ones the pair of lower ids.
type pairQueue []counted

func (q pairQueue) Len() int { return len(q) }
func (q pairQueue) Less(i, j int) bool {
	return q[i].count > q[j].count || q[i].count == q[j].count && q[i].less(q[j].pair)
}
func (q pairQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *pairQueue) Push(x any)   { *q = append(*q, x.(counted)) }
func (q *pairQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
