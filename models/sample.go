package models

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/heft-ml/heft/nn"
)

// Sampling says how the next token is drawn from a model's logits. The zero value takes the most likely one.
type Sampling struct {
	Temperature float64 // logits are divided by it; 0 takes the largest logit, the first of equals
	TopK        int     // only so many of the most likely tokens are drawn from; 0: all
	TopP        float64 // only the most likely tokens that together have this probability (arXiv:1904.09751); 0: all
	Seed        uint64  // equal seeds draw equal tokens
}

// Check returns an error that names the first setting that cannot be used.
func (s Sampling) Check() error {
	switch {
	case !(s.Temperature >= 0) || math.IsInf(s.Temperature, 0):
		return fmt.Errorf("temperature is %v, but must be 0 or more, and finite", s.Temperature)
	case s.TopK < 0:
		return fmt.Errorf("top-k is %d, but must be 1 or more, or 0 for all tokens", s.TopK)
	case !(s.TopP >= 0 && s.TopP <= 1):
		return fmt.Errorf("top-p is %v, but must be above 0 and at most 1, or 0 for all tokens", s.TopP)
	}
	return nil
}

// draw returns a token. Everything random is one number of r.
func (s Sampling) draw(logits []float32, r *rand.Rand) int32 {
	if s.Temperature == 0 {
		return int32(largest(logits))
	}
	order := make([]int, len(logits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(logits[b], logits[a]) })
	if s.TopK > 0 {
		order = order[:min(s.TopK, len(order))]
	}
	top := float64(logits[order[0]])
	weights := make([]float64, len(order))
	var total float64
	for i, id := range order {
		weights[i] = math.Exp((float64(logits[id]) - top) / s.Temperature)
		total += weights[i]
	}
	if s.TopP > 0 {
		var sum float64
		for i, w := range weights {
			if sum += w; sum >= s.TopP*total {
				order, weights, total = order[:i+1], weights[:i+1], sum
				break
			}
		}
	}
	at := r.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return int32(order[i])
		}
	}
	return int32(order[len(order)-1])
}

// largest returns the place of the largest number, the first of equals.
func largest(x []float32) int {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return best
}

// Generate returns a sequence of tokens that go on from the prompt, each drawn as soon as it is asked for. It ends after n
// tokens, or when ctx does. Settings that cannot be, and a prompt that is empty or has ids outside of the vocabulary, are
// errors.
//
// The model remembers what it has seen in a cache. Once its context is full, it forgets all but the last half of it and
// reads that anew; of a longer prompt it reads the last half context.
func Generate(ctx context.Context, s *nn.Store, m Language, prompt []int32, n int, sampling Sampling) (iter.Seq[int32], error) {
	if err := sampling.Check(); err != nil {
		return nil, err
	}
	if len(prompt) == 0 {
		return nil, fmt.Errorf("the prompt is empty: give at least one token to go on from")
	}
	for i, id := range prompt {
		if id < 0 || int(id) >= m.Vocabulary() {
			return nil, fmt.Errorf("token %d of the prompt is %d, but the vocabulary has %d", i, id, m.Vocabulary())
		}
	}
	return func(yield func(int32) bool) {
		r := rand.New(rand.NewPCG(sampling.Seed, 0))
		w := newWindow(s, m, prompt)
		for range n {
			if ctx.Err() != nil {
				return
			}
			id := sampling.draw(w.next(), r)
			if !yield(id) {
				return
			}
			w.push(id)
		}
	}, nil
}

// window is the text that a model sees.
type window struct {
	model Language
	pass  *nn.Pass
	cache *nn.Cache
	ids   []int32 // all that the model may see
	read  int     // how many of them the cache holds
}

func newWindow(s *nn.Store, m Language, prompt []int32) *window {
	w := &window{model: m, cache: nn.NewCache(), ids: slices.Clone(prompt)}
	if c := m.Context(); c > 0 && len(w.ids) > c {
		w.keepHalf()
	}
	w.pass = nn.NewPass(s, nn.Inference, nn.Cached(w.cache))
	return w
}

// keepHalf keeps the last half of the context, unread.
func (w *window) keepHalf() {
	w.ids = slices.Clone(w.ids[len(w.ids)-max(1, w.model.Context()/2):])
	w.read = 0
	w.cache.Reset()
}

// push adds a token, and makes room for it where there is none.
func (w *window) push(id int32) {
	w.ids = append(w.ids, id)
	if c := w.model.Context(); c > 0 && len(w.ids) > c {
		w.keepHalf()
	}
}

// next returns the logits of what follows the window.
func (w *window) next() []float32 {
	fresh := w.ids[w.read:]
	w.pass.Reset()
	logits := w.model.Forward(w.pass, nn.Labels{Data: fresh, Shape: []int{1, len(fresh)}}).Data()
	w.read = len(w.ids)
	return logits[len(logits)-w.model.Vocabulary():]
}
