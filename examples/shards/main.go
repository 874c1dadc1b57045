// Command shards shares each batch among goroutines, all on one Store, and gets the same bits as one goroutine that
// computes the shards one after another.
//
//	go run ./examples/shards
package main

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sync"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

const shards = 4 // parts of a batch: what the bits depend on

func main() { run(os.Stdout, 5) }

func run(w io.Writer, epochs int) {
	alone, together := newTraining(), newTraining()
	alone.epochs(epochs, alone.oneGoroutine)
	together.epochs(epochs, together.manyGoroutines)
	fmt.Fprintf(w, "one goroutine:   weights %016x, accuracy %.1f%%\n", alone.hash(), alone.accuracy())
	fmt.Fprintf(w, "%d goroutines:    weights %016x, accuracy %.1f%%\n", shards, together.hash(), together.accuracy())
	fmt.Fprintln(w, "same bits:", alone.hash() == together.hash())
}

// training is a model with dropout, so that random numbers have to agree too, and with one pass for each shard.
type training struct {
	store       *nn.Store
	net         nn.Layer
	opt         optim.Optimizer
	alone       *nn.Pass
	passes      [shards]*nn.Pass
	train, test *data.Set
}

func newTraining() *training {
	s := nn.NewStore(1, initializer.KaimingNormal())
	t := &training{store: s, net: nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{64, 128, 10}, Dropout: 0.2})}
	t.alone = nn.NewPass(s, nn.Training)
	t.opt = optim.NewAdamW(s, 3e-3)
	for i := range t.passes {
		t.passes[i] = nn.NewPassShard(s, nn.Training, i, shards)
	}
	t.train, t.test = data.Digits()
	return t
}

// epochs trains with the gradients that a function finds for each batch.
func (t *training) epochs(n int, gradients func(b data.Batch) nn.Grads) {
	for epoch := range n {
		for b := range t.train.Batches(64, t.store.Rand("batches", epoch)) {
			t.opt.Step(gradients(b))
		}
	}
}

// shard computes one part of a batch: the gradients of its share of the batch's mean loss.
func (t *training) shard(p *nn.Pass, b data.Batch, i int) nn.Grads {
	n := len(b.Y.Data)
	from, to := i*n/shards, (i+1)*n/shards
	x, y := b.X.Slice(0, from, to), autograd.LabelsOf(b.Y.Data[from:to])
	p.Reset()
	loss := t.net.Forward(p, p.Input(x)).CrossEntropy(y).MulScalar(float32(to-from) / float32(n))
	return p.Backward(loss)
}

// oneGoroutine needs one pass only: Reset moves it on to the next shard, and back to the first after a step.
func (t *training) oneGoroutine(b data.Batch) (sum nn.Grads) {
	for i := range shards {
		sum.Add(t.shard(t.alone, b, i))
	}
	return sum
}

// manyGoroutines gives each shard a pass and a goroutine. Gradients are added in the order of the shards.
func (t *training) manyGoroutines(b data.Batch) (sum nn.Grads) {
	var parts [shards]nn.Grads
	var wg sync.WaitGroup
	for i := range shards {
		wg.Go(func() { parts[i] = t.shard(t.passes[i], b, i) })
	}
	wg.Wait()
	for _, g := range parts {
		sum.Add(g)
	}
	return sum
}

func (t *training) accuracy() float64 { return 100 * nn.Accuracy(t.store, t.net, t.test.X, t.test.Y) }

// hash names the bits of all parameters.
func (t *training) hash() uint64 {
	h := fnv.New64a()
	for _, p := range t.store.Params() {
		if err := binary.Write(h, binary.LittleEndian, p.Data); err != nil {
			panic(err) // a hash takes everything
		}
	}
	return h.Sum64()
}
