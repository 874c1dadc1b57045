package export

import (
	"fmt"
	"strconv"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/onnx"
)

// The names of inputs and outputs, and of dimensions that each run chooses.
const (
	input   = "x"
	output  = "y"
	samples = "batch"
)

// MLP makes a graph of an [nn.MLP]: y [batch, out] from x [batch, in]. A weight that is missing or has another
// shape is an error.
func MLP(c nn.MLPConfig, w Weights) (*onnx.Graph, error) {
	if len(c.Widths) < 2 {
		return nil, fmt.Errorf("mlp: widths are %v, but an input and an output are needed", c.Widths)
	}
	d := draw("mlp", w)
	last := len(c.Widths) - 1
	x := d.Input(input, dtype.F32, onnx.Dynamic(samples), onnx.Fixed(c.Widths[0]))
	layer := 0
	next := func() string {
		layer++
		return strconv.Itoa(layer - 1)
	}
	for i, out := range c.Widths[1:] {
		if i > 0 {
			x = d.activation(next(), x, c.Activation)
			if c.Dropout != 0 {
				next() // which is nothing in inference
			}
		}
		x = d.linear(next(), x, c.Widths[i], out)
	}
	d.finish(x, onnx.Dynamic(samples), onnx.Fixed(c.Widths[last]))
	return d.done()
}

// finish makes x the output.
func (d *drawing) finish(x string, shape ...onnx.Dim) {
	d.Output(d.Add(output, "Identity", []string{x}), dtype.F32, shape...)
}

// LeNet300 makes a graph of a [models.LeNet300]: y [batch, outputs] from x [batch, features]. Errors are those of [MLP], and of the configuration's Check.
func LeNet300(c models.LeNet300Config, w Weights) (*onnx.Graph, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	d := draw("lenet300", w)
	x := d.Input(input, dtype.F32, onnx.Dynamic(samples), onnx.Fixed(c.Features))
	x = d.activation("act1", d.linear("fc1", x, c.Features, 300), c.Activation)
	x = d.activation("act2", d.linear("fc2", x, 300, 100), c.Activation)
	d.finish(d.linear("fc3", x, 100, c.Outputs), onnx.Dynamic(samples), onnx.Fixed(c.Outputs))
	return d.done()
}
