package nn

import "github.com/heft-ml/heft/dtype"

// Tensors returns a copy of all parameters and buffers as weight files hold them, in F32 and in the order of their
// declaration. Names are those of PyTorch's state_dict.
func (s *Store) Tensors() []dtype.Tensor {
	tensors := make([]dtype.Tensor, len(s.params))
	for i, p := range s.params {
		t, err := dtype.FromFloat32s(p.Name, p.Shape, p.Data, dtype.F32)
		if err != nil { // F32 holds every float32
			panic(err)
		}
		tensors[i] = t
	}
	return tensors
}
