package session

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Default is what the page begins with: small enough to train two of them at ten steps in a thirtieth of a second.
func Default() lab.Setup {
	return lab.Setup{
		Data: "spiral", Depth: 8, Width: 16, Activation: "relu", Scheme: "kaiming-normal",
		Optimizer: "sgd", LR: 0.05, Batch: 32, Steps: 2000, Seed: 1,
	}
}

// dataNames are the sets that need no file.
func dataNames() []string {
	return slices.DeleteFunc(data.Names(), func(name string) bool { return slices.Contains(data.Downloads(), name) })
}

// OwnData is the name of data that a page brings: a table whose last column is the class.
const OwnData = "csv:own.csv"

// maxOwn bounds such a table, in bytes.
const maxOwn = 1 << 20

// openOwn reads a table that a page brings: points of the plane in two classes, for more it has no pictures.
func openOwn(table []byte) (train, test *data.Set, err error) {
	if len(table) == 0 {
		return nil, nil, errors.New("there are no data yet: paste a table, or open a file")
	}
	if len(table) > maxOwn {
		return nil, nil, fmt.Errorf("the table has %d bytes, but must have at most %d", len(table), maxOwn)
	}
	if train, test, err = lab.OpenTable("own.csv", bytes.NewReader(table)); err != nil {
		return nil, nil, err
	}
	if train.Features() != 2 || len(train.Classes) != 2 {
		return nil, nil, fmt.Errorf("own.csv makes %d numbers and %d classes of its columns, but the page shows two numbers and two classes", train.Features(), len(train.Classes))
	}
	return train, test, nil
}

// Session is one experiment in the hands of a page.
type Session struct {
	experiment *lab.Experiment
	before     [][]float32 // the parameters before the last step, in the order of declaration
	exploded   *Explosion
	blank      optim.State // of an optimizer that has seen nothing
	plane      *plane      // nil where data are no points of a plane
	glance     *nn.Pass
}

// Open begins an experiment. The same setup gives the same bits wherever Go computes with the level none.
func Open(s lab.Setup) (*Session, error) { return open(s, nil) }

// open is Open with the table that OwnData stands for.
func open(s lab.Setup, table []byte) (*Session, error) {
	if err := check(s); err != nil {
		return nil, err
	}
	e, err := experiment(s, table)
	if err != nil {
		return nil, err
	}
	session := &Session{experiment: e, glance: nn.NewPass(e.Store, nn.Inference), plane: planeOf(e), blank: e.Optimizer.State()}
	for _, p := range e.Store.Params() {
		session.before = append(session.before, make([]float32, len(p.Data)))
	}
	return session, nil
}

func experiment(s lab.Setup, table []byte) (*lab.Experiment, error) {
	if s.Data != OwnData {
		return lab.New(s)
	}
	train, test, err := openOwn(table)
	if err != nil {
		return nil, err
	}
	return lab.NewOn(s, train, test)
}

// Progress is what came of a training request.
type Progress struct {
	Step     int        `json:"step"`   // steps done since the start
	Losses   []Number   `json:"losses"` // of each step's batch, before the step
	Done     bool       `json:"done"`   // the setup's steps are over, or the network has exploded
	Exploded *Explosion `json:"exploded,omitempty"`
}

// Explosion says where training ended because a loss was not finite. The network is left as it was before that step.
type Explosion struct {
	Step  int `json:"step"`  // steps done before
	Layer int `json:"layer"` // the first one with NaN or infinities, the first hidden one is 1; 0: the loss alone
}

// Train does up to n steps; fewer when the setup's are over or a loss is not finite.
func (s *Session) Train(n int) Progress {
	p := Progress{Losses: []Number{}}
	for range n {
		if s.over() {
			break
		}
		s.remember()
		at := s.experiment.Store.Step()
		loss := s.experiment.Step()
		p.Losses = append(p.Losses, Number(loss))
		if !finite(loss) {
			s.forget(at)
			s.exploded = &Explosion{Step: at, Layer: s.experiment.Broken(s.experiment.Measure())}
		}
	}
	p.Step, p.Done, p.Exploded = s.experiment.Store.Step(), s.over(), s.exploded
	return p
}

func (s *Session) over() bool {
	return s.exploded != nil || s.experiment.Store.Step() >= s.experiment.Setup.Steps
}

// remember keeps the parameters: a step of a loss that is not finite makes NaN of all of them, and with that nobody could
// say where it began.
func (s *Session) remember() {
	for i, p := range s.experiment.Store.Params() {
		copy(s.before[i], p.Data)
	}
}

// forget takes back the step that followed step at.
func (s *Session) forget(at int) {
	for i, p := range s.experiment.Store.Params() {
		copy(p.Data, s.before[i])
	}
	s.experiment.Store.Resume(at)
}
