// Command spago is spaGO as a contestant. A batch is one matrix with a column for each example, which is faster than the
// vectors that its layers take.
package main

import (
	"fmt"
	"log"
	"runtime"
	"sync"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"
	"github.com/nlpodyssey/spago/optimizers/adam"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

func main() {
	protocol.Serve(protocol.Hello{
		Name: "spaGO", Version: protocol.Version("github.com/nlpodyssey/spago"),
		Setup: fmt.Sprintf("batches as matrices, %s, GOMAXPROCS %d", runtime.Version(), runtime.GOMAXPROCS(0)),
	}, prepare)
}

func prepare(w protocol.Work, t protocol.Tensors) (protocol.Runner, error) {
	if w.Kind != protocol.Forward && w.Kind != protocol.Train {
		return nil, protocol.ErrCannot
	}
	p := &perceptron{
		Work: w, start: t,
		x:    matrix(t["x"], w.Batch, w.Widths[0]).T(),
		ones: matrix(nil, 1, w.Batch).OnesLike(),
	}
	p.Reset()
	return p, nil
}

// matrix copies values; nil are zeros.
func matrix(values []float32, rows, columns int) mat.Matrix {
	data := make([]float32, rows*columns)
	copy(data, values)
	return mat.NewDense[float32](mat.WithShape(rows, columns), mat.WithBacking(data))
}

// perceptron trains a network, or runs it.
type perceptron struct {
	protocol.Work
	start   protocol.Tensors
	x, ones mat.Matrix  // [first width, batch], [1, batch]
	params  []*nn.Param // by layer: weight [out, in], bias [out, 1]
	adam    *adam.Adam
	out     mat.Tensor // of forward alone: [last width, batch]
	loss    float64
}

func (p *perceptron) Reset() {
	p.params = p.params[:0]
	for i, in := range p.Widths[:len(p.Widths)-1] {
		out := p.Widths[i+1]
		w := matrix(p.start[fmt.Sprintf("%d.weight", 2*i)], out, in)
		b := matrix(p.start[fmt.Sprintf("%d.bias", 2*i)], out, 1)
		train := p.Kind == protocol.Train
		p.params = append(p.params, nn.NewParam(w).WithGrad(train), nn.NewParam(b).WithGrad(train))
	}
	p.adam = adam.New(adam.NewConfig(protocol.LR, 0.9, 0.999, 1e-8))
}

func (p *perceptron) Step() {
	out := mat.Tensor(p.x)
	for i := 0; i < len(p.params); i += 2 {
		if i > 0 {
			out = ag.ReLU(out)
		}
		out = ag.Add(ag.Mul(p.params[i], out), ag.Mul(p.params[i+1], p.ones))
	}
	if p.Kind == protocol.Forward {
		p.out = out
		return
	}
	examples := ag.ColViews(out)
	for i, scores := range examples {
		examples[i] = losses.CrossEntropy(scores, int(p.start["y"][i]))
	}
	loss := ag.Mean(examples)
	if err := ag.Backward(loss); err != nil {
		log.Fatal(err)
	}
	p.optimize()
	p.loss = loss.Value().Item().F64()
}

// optimize does what spaGO's Optimizer does, all parameters at once, but waits for them: Optimize of version 1.1.0 returns
// before they are updated, so that the next step would begin with old ones.
func (p *perceptron) optimize() {
	var group sync.WaitGroup
	for _, param := range p.params {
		group.Go(func() {
			if err := p.adam.OptimizeParams(param); err != nil {
				log.Fatal(err)
			}
		})
	}
	group.Wait()
	p.adam.IncExample() // counts the steps
}

func (p *perceptron) Value() float64 {
	if p.Kind == protocol.Train {
		return p.loss
	}
	return protocol.LastRow(mat.Data[float32](p.out.Value().(mat.Matrix).T()), p.Widths[len(p.Widths)-1])
}
