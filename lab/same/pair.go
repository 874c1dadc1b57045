package same

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Pair is two trainings that differ in their data, in their seed, or in both, and in nothing else.
type Pair struct {
	Setup lab.Setup // of both, but for its data and its seed
	Data  [2]string
	Seeds [2]uint64
}

// DefaultPair is one small network on two data sets, from two starts.
func DefaultPair() Pair {
	s := lab.Default()
	s.Depth, s.Width, s.LR, s.Steps = 3, 32, 0.1, 2000
	return Pair{Setup: s, Data: [2]string{"moons", "circles"}, Seeds: [2]uint64{1, 2}}
}

// setup returns that of network i.
func (p Pair) setup(i int) lab.Setup {
	s := p.Setup
	s.Data, s.Seed = p.Data[i], p.Seeds[i]
	return s
}

// Check returns an error that names the first setting that cannot be used.
func (p Pair) Check() error {
	for i := range 2 {
		if err := p.setup(i).Check(); err != nil {
			return err
		}
	}
	if p.setup(0) == p.setup(1) {
		return errors.New("both networks have the same data and the same seed: they would be the same bits; give two data sets or two seeds")
	}
	return nil
}

// Command returns the command that makes the comparison again.
func (p Pair) Command() string {
	d := DefaultPair()
	line := []string{"heft lab same"}
	if p.Data != d.Data {
		line = append(line, "--data "+shell.Word(shell.List(slices.Compact(p.Data[:]))))
	}
	s := p.Setup
	s.Data, s.Seed = d.Setup.Data, d.Setup.Seed
	line = append(line, s.Flags(d.Setup)...)
	if p.Seeds != d.Seeds {
		var seeds []string
		for _, seed := range slices.Compact(p.Seeds[:]) {
			seeds = append(seeds, strconv.FormatUint(seed, 10))
		}
		line = append(line, "--seeds "+strings.Join(seeds, ","))
	}
	return strings.Join(line, " ")
}

// name is what network i is called: what it has that the other has not.
func (p Pair) name(i int) string {
	if p.Data[0] == p.Data[1] {
		return fmt.Sprintf("seed %d", p.Seeds[i])
	}
	return p.Data[i]
}

// Trained is a pair after its training.
type Trained struct {
	Findings *Findings
	Files    [2][]byte // the weights, as safetensors; see CommandKey and RecordKey
}

// Run trains both networks, jobs of them at once, and compares them. It tells progress how many of all steps are done. What
// it finds does not depend on jobs. The error says what cannot be used, or is ctx's.
func (p Pair) Run(ctx context.Context, jobs int, progress func(done, total int)) (*Trained, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	var experiments [2]*lab.Experiment
	var on [2]lab.Hashes
	for i := range experiments {
		e, err := lab.New(p.setup(i))
		if err != nil {
			return nil, err
		}
		experiments[i], on[i] = e, lab.HashesOf(e.Train, e.Test)
	}
	tell := p.counter(progress)
	err := lab.Each(ctx, 2, jobs, func(i int) error { return train(ctx, experiments[i], tell) }, nil)
	if err != nil {
		return nil, err
	}
	var t Trained
	var networks [2]*Network
	for i, e := range experiments {
		var file bytes.Buffer
		metadata, err := p.metadata(i, on)
		if err != nil {
			return nil, err
		}
		if err := safetensors.Write(&file, e.Store.Tensors(), dtype.F32, safetensors.Metadata(metadata)); err != nil {
			return nil, err
		}
		t.Files[i] = file.Bytes()
		networks[i] = &Network{
			Name: p.name(i), Store: e.Store, Model: e.Model, Test: flat(e.Test), Train: flat(e.Train), Size: int64(file.Len()),
		}
	}
	if t.Findings, err = Compare(ctx, networks[0], networks[1]); err != nil {
		return nil, err
	}
	t.Findings.Pair, t.Findings.Command = &p, p.Command()
	return &t, nil
}

// told is after how many steps progress is told.
const told = 20

// counter adds up the steps of both trainings.
func (p Pair) counter(progress func(done, total int)) func(steps int) {
	var mu sync.Mutex
	done := 0
	return func(steps int) {
		mu.Lock()
		defer mu.Unlock()
		done += steps
		if progress != nil {
			progress(done, 2*p.Setup.Steps)
		}
	}
}

func train(ctx context.Context, e *lab.Experiment, tell func(steps int)) error {
	for step := 1; step <= e.Setup.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		e.Step()
		if step%told == 0 || step == e.Setup.Steps {
			tell((step-1)%told + 1)
		}
	}
	return nil
}

// flat is a set whose samples are rows of numbers, as the lab's networks take them.
func flat(set *data.Set) *data.Set {
	own := *set
	own.X = set.X.Flatten(1)
	return &own
}
