package nn

// Cache is what inference remembers between passes, so that a sequence can be given in parts: keys and values of
// attention, states of recurrent layers, how many positions were seen. Layers find what is theirs by their path.
//
//	c := nn.NewCache()
//	p := nn.NewPass(s, nn.Inference, nn.Cached(c))
//	logits := net.Forward(p, prompt) // positions 0 to t-1
//	p.Reset()                        // the cache stays
//	logits = net.Forward(p, next)    // positions from t on
//
// Each layer must run once for each part, and all parts have the same number of samples. Like a pass, a cache belongs to
// one goroutine. It owns its memory, which grows with what it holds.
type Cache struct {
	context int // positions at most; 0: as many as there is memory for
	entries map[string]*cacheEntry
}

// CacheOption changes a cache: [Context].
type CacheOption func(c *Cache)

// Context is how many positions a cache holds at most: more panic with an [*autograd.UsageError].
func Context(positions int) CacheOption {
	if positions < 1 {
		misuse("cache", "the context must be 1 or more positions, not %d", positions)
	}
	return func(c *Cache) { c.context = positions }
}

// NewCache returns an empty cache.
func NewCache(opts ...CacheOption) *Cache {
	c := &Cache{entries: map[string]*cacheEntry{}}
	for _, o := range opts {
		o(c)
	}
	return c
}

// Cached makes an inference pass go on from what the cache remembers, and add to it. A training pass panics with an
// [*autograd.UsageError].
func Cached(c *Cache) PassOption {
	return func(p *Pass) {
		if p.Training() {
			misuse("cache", "a training pass remembers nothing: caches are for nn.Inference")
		}
		p.cache = c
	}
}

// Len returns how many positions the cache has seen.
func (c *Cache) Len() int {
	n := 0
	for _, e := range c.entries {
		n = max(n, e.steps)
	}
	return n
}

// Reset forgets everything: the next part is the first. The number of samples may change.
func (c *Cache) Reset() { clear(c.entries) }

// cacheEntry is what one layer remembers: parts of numbers, which the layer tells apart by their order.
type cacheEntry struct {
	samples int
	steps   int // positions seen, those of the part under way included
	parts   []cachePart
}

type cachePart struct {
	data []float32
	room int // positions that rows have space for
}

// remember tells the pass's cache that the layer m is about to see the next steps positions of so many samples. It
// returns m's entry, which is nil when the pass has no cache, and how many positions m has seen before.
func (p *Pass) remember(m Module, samples, steps int) (e *cacheEntry, offset int) {
	if p.cache == nil {
		return nil, 0
	}
	e = p.cache.entries[m.Path()]
	if e == nil {
		e = &cacheEntry{samples: samples}
		p.cache.entries[m.Path()] = e
	}
	offset = e.steps
	limit := p.cache.context
	switch {
	case e.samples != samples:
		misuse("cache", "%q remembers %d samples, but is given %d: call the cache's Reset before another batch", m.Path(), e.samples, samples)
	case limit > 0 && offset+steps > limit:
		misuse("cache", "%q has seen %d positions and is given %d more, but the cache holds %d", m.Path(), offset, steps, limit)
	}
	e.steps += steps
	return e, offset
}

// part returns part i, making those up to it.
func (e *cacheEntry) part(i int) *cachePart {
	for len(e.parts) <= i {
		e.parts = append(e.parts, cachePart{})
	}
	return &e.parts[i]
}

// state returns part i of n numbers, for a layer to read and overwrite. They start at 0.
func (e *cacheEntry) state(i, n int) []float32 {
	s := e.part(i)
	if len(s.data) != n {
		s.data = make([]float32, n)
	}
	return s.data
}

// extend adds rows [samples, new, c] of the positions under way to part i, and returns all of it: [samples, room, c], of
// whose positions the first e.steps are filled. What it returned before stays as it was. Room doubles up to the context.
func (e *cacheEntry) extend(i int, rows []float32, c, context int) (all []float32, room int) {
	s := e.part(i)
	fresh := len(rows) / (e.samples * c)
	before := e.steps - fresh
	if e.steps > s.room {
		room := max(e.steps, 2*s.room)
		if context > 0 {
			room = min(room, context)
		}
		grown := make([]float32, e.samples*room*c)
		for n := range e.samples {
			copy(grown[n*room*c:], s.data[n*s.room*c:][:before*c])
		}
		s.data, s.room = grown, room
	}
	for n := range e.samples {
		copy(s.data[(n*s.room+before)*c:], rows[n*fresh*c:(n+1)*fresh*c])
	}
	return s.data, s.room
}
