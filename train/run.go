package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/tokenizer"
)

// Options are what does not decide a run's numbers.
type Options struct {
	Out      string            // the folder for the run's files; "" writes none
	Replace  bool              // a run that stands there goes once the new one has a checkpoint; otherwise it is a RunExistsError
	Progress Progress          // nil shows nothing
	Data     []data.LoadOption // where data is on this machine
	Board    bool              // also write TensorBoard event files
}

// Result is a finished run.
type Result struct {
	Config   Config
	Parts    *data.Parts     // nil of a text
	Model    nn.Layer        // nil of a text
	Text     *data.TextParts // nil of samples
	Language models.Language // nil of samples
	Store    *nn.Store
	Epochs   []Epoch
	Best     int // the epoch whose weights these are, from 1: the last one without patience
	Test     Score
	Recipe   Recipe
	Elapsed  time.Duration
}

// RunExistsError says that a folder holds a run already.
type RunExistsError struct {
	Dir        string
	Unfinished bool
}

// Error names the folder and what can be done.
func (e *RunExistsError) Error() string {
	if e.Unfinished {
		return fmt.Sprintf("%s holds an unfinished run: go on with --resume %s, choose another --out, or replace it with --force", e.Dir, e.Dir)
	}
	return fmt.Sprintf("%s holds a run already: choose another --out, or replace it with --force", e.Dir)
}

// FinishedError says that there is nothing to resume: the run is finished.
type FinishedError struct{ Dir string }

// Error names the folder.
func (e *FinishedError) Error() string { return e.Dir + " is finished: there is nothing to resume" }

// InterruptedError says where a cancelled run stopped. Unwrap gives the context's error.
type InterruptedError struct {
	Dir    string // where to resume; "" if nothing was saved
	Epochs int    // done
	Round  string // what they are called: epoch, or of a text round
	Err    error
}

// Error says how to go on.
func (e *InterruptedError) Error() string {
	if e.Dir == "" {
		return "interrupted; nothing was saved"
	}
	return fmt.Sprintf("interrupted after %d %ss; go on with: heft train --resume %s", e.Epochs, e.Round, e.Dir)
}

// Unwrap returns the context's error.
func (e *InterruptedError) Unwrap() error { return e.Err }

// Run trains as the configuration says and, if a folder is given, leaves the run's files there. A checkpoint stands in the
// folder until the run is finished; [Resume] goes on from it. A run that is replaced stays whole until the new one has its
// first checkpoint, and so for good where training breaks before. The error names what cannot be used, or where training
// went wrong; a cancelled context ends the run with an [*InterruptedError].
func Run(ctx context.Context, c Config, o Options) (*Result, error) {
	l, err := loadLoop(c, o)
	if err != nil {
		return nil, err
	}
	if o.Out == "" {
		return l.finish(ctx)
	}
	if l.folder, err = openFolder(o.Out); err != nil {
		return nil, err
	}
	defer l.folder.close()
	unfinished := l.folder.has(CheckpointFile)
	stands := unfinished || l.folder.has(WeightsFile)
	switch {
	case stands && !o.Replace:
		return nil, &RunExistsError{o.Out, unfinished}
	case stands:
		err = l.folder.standAside()
	default:
		err = l.folder.remove(runFiles...)
	}
	if err != nil {
		return nil, err
	}
	if err := l.folder.write(ConfigFile, c.write); err != nil {
		return nil, err
	}
	return l.finishInFolder(ctx, o)
}

// Resume goes on with a run that was stopped, from its checkpoint, to the same bits as if it never had been. A run
// stopped before its first checkpoint begins again. o.Out and o.Replace are not looked at.
// A run that is finished is a [*FinishedError].
func Resume(ctx context.Context, dir string, o Options) (*Result, error) {
	if err := endReplacement(dir); err != nil {
		return nil, err
	}
	c, err := ReadConfig(filepath.Join(dir, ConfigFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not the folder of a run: it has no %s", dir, ConfigFile)
	}
	if err != nil {
		return nil, err
	}
	o.Data = append(o.Data[:len(o.Data):len(o.Data)], besides(dir))
	l, err := loadLoop(c, o)
	if err != nil {
		return nil, err
	}
	if l.folder, err = openFolder(dir); err != nil {
		return nil, err
	}
	defer l.folder.close()
	switch {
	case l.folder.has(CheckpointFile):
		if err := l.loadCheckpoint(); err != nil {
			return nil, err
		}
	case l.folder.has(WeightsFile):
		return nil, &FinishedError{dir}
	}
	return l.finishInFolder(ctx, o)
}

// Fit is [Run] on sets of your own, without files: the training set is divided as c.Validation says, and what else the
// configuration says of the data is not looked at. progress may be nil.
func Fit(ctx context.Context, c Config, training, test *data.Set, progress Progress) (*Result, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	parts := &data.Parts{Train: training, Test: test}
	if c.Validation > 0 {
		parts.Train, parts.Validation = training.Split(1-c.Validation, c.Spec.Seed)
	}
	l, err := newLoop(c, &samplesTask{parts: parts}, progress)
	if err != nil {
		return nil, err
	}
	return l.finish(ctx)
}

// loadLoop loads the data of a configuration.
func loadLoop(c Config, o Options) (*loop, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if data.IsText(c.Spec.Name) {
		parts, err := data.LoadText(c.Spec, o.Data...)
		if err != nil {
			return nil, err
		}
		return newLoop(c, &textTask{parts: parts}, o.Progress)
	}
	parts, err := data.Load(c.Spec, o.Data...)
	if err != nil {
		return nil, err
	}
	return newLoop(c, &samplesTask{parts: parts}, o.Progress)
}

// finishInFolder is finish, with event files if they are asked for.
func (l *loop) finishInFolder(ctx context.Context, o Options) (r *Result, err error) {
	if o.Board {
		l.board = &board{dir: l.folder.path, step: l.store.Step()}
		defer func() { err = cmp.Or(err, l.board.close()) }()
	}
	return l.finish(ctx)
}

// finish runs the loop to its end, scores the model and leaves the files. The weights come last, and then the checkpoint
// goes: whatever a kill leaves can be resumed.
func (l *loop) finish(ctx context.Context) (*Result, error) {
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	r := &Result{Config: l.config, Store: l.store, Epochs: l.at.Rows, Best: l.config.Rounds(), Elapsed: l.at.Elapsed}
	l.task.made(r)
	steps := l.store.Step()
	if l.config.Patience == 0 {
		l.average()
	} else {
		r.Best = l.at.Best
		if _, err := l.store.Load(eachTensor(l.best)); err != nil {
			return nil, err
		}
	}
	r.Test = l.task.test()
	if err := l.whyUseless(r.Test); err != nil {
		return nil, err
	}
	r.Recipe = l.recipe
	r.Recipe.Steps, r.Recipe.Test = steps, r.Test
	var err error
	if r.Recipe.Weights, err = hashTensors(l.store.Tensors(), l.config.SaveDType); err != nil {
		return nil, err
	}
	if r.Recipe, err = r.Recipe.sealed(); err != nil {
		return nil, err
	}
	if l.folder != nil {
		return r, l.saveResult(r)
	}
	return r, nil
}

// saveResult writes what a finished run leaves.
func (l *loop) saveResult(r *Result) error {
	f := l.folder
	if err := f.write(PlotFile, r.writePlot); err != nil {
		return err
	}
	key, input, err := l.task.input()
	if err != nil {
		return err
	}
	if r.Text != nil {
		if err := f.write(TokenizerFile, func(w io.Writer) error { return tokenizer.Write(w, r.Text.Tokenizer) }); err != nil {
			return err
		}
	}
	metadata, err := r.Recipe.metadata(r.Store, key, input)
	if err != nil {
		return err
	}
	if err := safetensors.Save(f.file(WeightsFile), r.Store.Tensors(), r.Config.SaveDType, safetensors.Metadata(metadata)); err != nil {
		return err
	}
	return f.remove(CheckpointFile)
}

// eachTensor yields tensors as a file would.
func eachTensor(tensors []dtype.Tensor) func(yield func(dtype.Tensor, error) bool) {
	return func(yield func(dtype.Tensor, error) bool) {
		for _, t := range tensors {
			if !yield(t, nil) {
				return
			}
		}
	}
}
