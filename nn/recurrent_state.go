package nn

// recall returns the states to start from: those given, those that the pass's cache remembers, or none.
func (l *recurrent) recall(p *Pass, m Module, x *Tensor, start State) State {
	n := x.Dim(0)
	l.checkStates(start)
	entry, _ := p.remember(m, n, x.Dim(1))
	switch {
	case entry == nil:
		return start
	case start.H != nil || start.C != nil:
		misuse("recurrent", "%q was given a state to start from, but the pass's cache has one: use one of the two", l.path)
	case l.Config.Bidirectional:
		misuse("recurrent", "%q is bidirectional: it needs the whole sequence at once, and no cache can go on from a part", l.path)
	}
	remembered := func(i int) *Tensor {
		h := l.Config.Hidden
		return p.Tape().Leaf("", entry.state(i, n*h), []int{n, h}, false)
	}
	for k := range l.runs {
		start.H = append(start.H, remembered(k))
		if l.cells {
			start.C = append(start.C, remembered(len(l.runs)+k))
		}
	}
	return start
}

// checkStates panics unless there is a state for each layer and direction, or none.
func (l *recurrent) checkStates(start State) {
	for _, s := range [][]*Tensor{start.H, start.C} {
		if s != nil && len(s) != len(l.runs) {
			misuse("recurrent", "%q was given %d states to start from, but has %d: one for each layer and direction", l.path, len(s), len(l.runs))
		}
	}
}

// keep writes the states at the end to the pass's cache.
func (l *recurrent) keep(p *Pass, m Module, end State) {
	if p.cache == nil {
		return
	}
	entry := p.cache.entries[m.Path()]
	for i, s := range append(append([]*Tensor{}, end.H...), end.C...) {
		copy(entry.state(i, s.Len()), s.Data())
	}
}
