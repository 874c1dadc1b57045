package nn

// evalBatch is how many samples an evaluation computes at once: it bounds the memory.
const evalBatch = 256

// Accuracy returns the share of samples that the model puts in their class: those whose largest output is the label's.
//
//	x [n, ...], y [n], outputs [n, classes]
func Accuracy(s *Store, m Layer, x *Tensor, y Labels) float64 {
	if x.Dim(0) != len(y.Data) {
		misuse("accuracy", "%d labels for samples %v", len(y.Data), x.Shape())
	}
	if len(y.Data) == 0 {
		return 0
	}
	right := 0
	p := NewPass(s, Inference)
	for from := 0; from < len(y.Data); from += evalBatch {
		to := min(from+evalBatch, len(y.Data))
		p.Reset()
		out := m.Forward(p, p.Input(x.Slice(0, from, to)))
		for i, class := range out.ArgMax(-1).Data {
			if class == y.Data[from+i] {
				right++
			}
		}
	}
	return float64(right) / float64(len(y.Data))
}
