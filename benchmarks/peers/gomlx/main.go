// Command gomlx is GoMLX as a contestant, on its backend in pure Go. A step is one compiled graph, the optimizer's update
// of the variables included.
package main

import (
	"fmt"
	"log"
	"runtime"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"
	"github.com/gomlx/gomlx/pkg/ml/layers/activations"
	"github.com/gomlx/gomlx/pkg/ml/train/losses"
	"github.com/gomlx/gomlx/pkg/ml/train/optimizers"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

func main() {
	backend, err := simplego.New("")
	if err != nil {
		log.Fatal(err)
	}
	protocol.Serve(protocol.Hello{
		Name: "GoMLX", Version: protocol.Version("github.com/gomlx/gomlx"),
		Setup: fmt.Sprintf("%q backend, %s, GOMAXPROCS %d", backend.Name(), runtime.Version(), runtime.GOMAXPROCS(0)),
	}, func(w protocol.Work, t protocol.Tensors) (protocol.Runner, error) {
		switch w.Kind {
		case protocol.Sgemm:
			return newProduct(backend, w, t), nil
		case protocol.Forward, protocol.Train:
			return newPerceptron(backend, w, t), nil
		}
		return nil, protocol.ErrCannot
	})
}

// step runs a compiled graph on the same inputs every time.
type step struct {
	run    func() *tensors.Tensor
	output *tensors.Tensor
}

func (s *step) Reset() {}

func (s *step) Step() {
	if s.output != nil {
		if err := s.output.FinalizeAll(); err != nil { // gives its memory back to the backend
			log.Fatal(err)
		}
	}
	s.output = s.run()
}

func (s *step) Value() float64 {
	columns := 1 // of a loss
	if shape := s.output.Shape(); shape.Rank() == 2 {
		columns = shape.Dimensions[1]
	}
	return protocol.LastRow(tensors.MustCopyFlatData[float32](s.output), columns)
}

func newProduct(backend backends.Backend, w protocol.Work, t protocol.Tensors) *step {
	a, b := tensors.FromFlatDataAndDimensions(t["a"], w.M, w.K), tensors.FromFlatDataAndDimensions(t["b"], w.K, w.N)
	inA, inB := 1, 0 // the axes that are summed over
	if w.TransA {
		a, inA = tensors.FromFlatDataAndDimensions(t["a"], w.K, w.M), 0
	}
	if w.TransB {
		b, inB = tensors.FromFlatDataAndDimensions(t["b"], w.N, w.K), 1
	}
	product := graph.MustNewExec(backend, func(a, b *graph.Node) *graph.Node {
		return graph.DotGeneral(a, []int{inA}, nil, b, []int{inB}, nil)
	})
	return &step{run: func() *tensors.Tensor { return product.MustExec1(a, b) }}
}

// perceptron trains a network, or runs it.
type perceptron struct {
	step
	ctx   *context.Context
	work  protocol.Work
	start protocol.Tensors
}

func newPerceptron(backend backends.Backend, w protocol.Work, t protocol.Tensors) *perceptron {
	p := &perceptron{ctx: context.New().Checked(false), work: w, start: t}
	for i := range w.Widths[1:] {
		p.ctx.VariableWithValue(weight(i), p.startOf(weight(i)))
		p.ctx.VariableWithValue(bias(i), p.startOf(bias(i)))
	}
	x := tensors.FromFlatDataAndDimensions(t["x"], w.Batch, w.Widths[0])
	if w.Kind == protocol.Forward {
		forward := context.MustNewExec(backend, p.ctx, p.forward)
		p.run = func() *tensors.Tensor { return forward.MustExec1(x) }
		return p
	}
	labels := make([]int32, w.Batch)
	for i, y := range t["y"] {
		labels[i] = int32(y)
	}
	y := tensors.FromFlatDataAndDimensions(labels, w.Batch, 1)
	adam := optimizers.Adam().LearningRate(protocol.LR).Epsilon(1e-8).Done()
	train := context.MustNewExec(backend, p.ctx, func(ctx *context.Context, x, y *graph.Node) *graph.Node {
		loss := losses.SparseCategoricalCrossEntropyLogits([]*graph.Node{y}, []*graph.Node{p.forward(ctx, x)})
		loss = graph.ReduceAllMean(loss)
		adam.UpdateGraph(ctx, x.Graph(), loss)
		return loss
	})
	p.run = func() *tensors.Tensor { return train.MustExec1(x, y) }
	return p
}

func (p *perceptron) forward(ctx *context.Context, x *graph.Node) *graph.Node {
	for i := range p.work.Widths[1:] {
		if i > 0 {
			x = activations.Relu(x)
		}
		w := ctx.GetVariable(weight(i)).ValueGraph(x.Graph())
		b := ctx.GetVariable(bias(i)).ValueGraph(x.Graph())
		x = graph.Add(graph.Dot(x, w), graph.ExpandAxes(b, 0))
	}
	return x
}

// weight and bias name the variables of layer i as the start does.
func weight(i int) string { return fmt.Sprintf("%d.weight", 2*i) }
func bias(i int) string   { return fmt.Sprintf("%d.bias", 2*i) }

// startOf returns what a variable starts as. Weights are [in, out] here, as GoMLX's own layers have them.
func (p *perceptron) startOf(name string) *tensors.Tensor {
	for i, in := range p.work.Widths[:len(p.work.Widths)-1] {
		out := p.work.Widths[i+1]
		switch name {
		case bias(i):
			return tensors.FromFlatDataAndDimensions(p.start[name], out)
		case weight(i):
			values := make([]float32, in*out)
			for j, v := range p.start[name] {
				values[j%in*out+j/in] = v
			}
			return tensors.FromFlatDataAndDimensions(values, in, out)
		}
	}
	return nil
}

// Reset sets the parameters to what they start as, and what the optimizer keeps to 0.
func (p *perceptron) Reset() {
	for v := range p.ctx.IterVariables() {
		value := p.startOf(v.Name())
		if value == nil && v.Name() != optimizers.ParamLearningRate {
			value = tensors.FromShape(v.Shape())
		}
		if value == nil {
			continue
		}
		if err := v.SetValue(value); err != nil {
			log.Fatal(err)
		}
	}
}
