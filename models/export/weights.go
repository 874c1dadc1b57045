package export

import (
	"fmt"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/onnx"
)

// Weights returns the tensor of a name, of any format that can be converted to F32.
type Weights func(name string) (dtype.Tensor, error)

// Trained returns the weights of a Store as layers compute with them: times the multiplier that an initialization may have given them.
func Trained(s *nn.Store) Weights {
	return func(name string) (dtype.Tensor, error) {
		p := s.Param(name)
		if p == nil {
			return dtype.Tensor{}, fmt.Errorf("the store has no parameter %.100q", name)
		}
		values := slices.Clone(p.Data)
		if p.Multiplier != 1 {
			for i := range values {
				values[i] *= float32(p.Multiplier)
			}
		}
		return dtype.FromFloat32s(p.Name, p.Shape, values, dtype.F32)
	}
}

// drawing is a graph that is being made. Its first error stays, and nothing that follows changes that.
type drawing struct {
	*onnx.Graph
	weights Weights
	err     error
	added   map[string]bool
}

func draw(name string, w Weights) *drawing {
	return &drawing{Graph: &onnx.Graph{Name: name}, weights: w, added: map[string]bool{}}
}

// done returns the graph.
func (d *drawing) done() (*onnx.Graph, error) {
	if d.err != nil {
		return nil, d.err
	}
	return d.Graph, nil
}

// weight adds the tensor of that name, which must have the shape that the model's configuration says, once.
func (d *drawing) weight(name string, shape ...int) string {
	if d.err != nil || d.added[name] {
		return name
	}
	t, err := d.weights(name)
	switch {
	case err != nil:
		d.err = err
		return name
	case !slices.Equal(t.Shape, shape):
		d.err = fmt.Errorf("weight %.100q has shape %v, but the configuration says %v: they are of different models", name, t.Shape, shape)
		return name
	}
	if t, d.err = t.As(dtype.F32, dtype.AllowInf); d.err != nil {
		return name
	}
	t.Name = name
	d.added[name] = true
	return d.Weight(t)
}

// linear adds y [n, out] = x wᵀ + b. x: [n, in].
func (d *drawing) linear(layer, x string, in, out int) string {
	return d.Add(layer, "Gemm", []string{x, d.weight(layer+".weight", out, in), d.weight(layer+".bias", out)}, onnx.Int("transB", 1))
}

// activation adds what nn.NewActivation computes. Their names and settings are those of nn; "" is relu.
func (d *drawing) activation(name, x, function string) string {
	in := []string{x}
	switch function {
	case "", "relu":
		return d.Add(name, "Relu", in)
	case "leaky_relu":
		return d.Add(name, "LeakyRelu", in, onnx.Float("alpha", 0.01))
	case "elu":
		return d.Add(name, "Elu", in, onnx.Float("alpha", 1))
	case "gelu":
		return d.Add(name, "Gelu", in, onnx.Text("approximate", "none"))
	case "gelu_tanh":
		return d.Add(name, "Gelu", in, onnx.Text("approximate", "tanh"))
	case "silu":
		return d.Add(name, "Mul", []string{x, d.Add(name+".gate", "Sigmoid", in)})
	case "sigmoid":
		return d.Add(name, "Sigmoid", in)
	case "tanh":
		return d.Add(name, "Tanh", in)
	case "softplus":
		return d.Add(name, "Softplus", in)
	case "identity":
		return x
	}
	d.fail(fmt.Errorf("activation %.100q has no translation into ONNX", function))
	return x
}

// fail keeps the first error.
func (d *drawing) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}
