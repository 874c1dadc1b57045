package tune

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/train"
)

// FailedFile is the name of the file, in a trial's folder, that says why the trial broke.
const FailedFile = "failed.json"

// Outcome is what came of a trial.
type Outcome struct {
	Trial
	State      State
	Reason     string      // why it failed
	Kept       train.Epoch // the epoch whose weights the trial keeps, once it is finished; of a text, its validation loss is in nats a character
	Regression bool

	test train.Score      // for the best setting only
	data train.DataHashes // what it was trained on, once it is finished
}

// State is how far a trial is.
type State string

// The states of a trial.
const (
	Waiting  State = "waiting"  // not begun, or stopped
	Finished State = "finished" // has weights and a score
	Failed   State = "failed"   // broke: it would again
)

// Done tells whether there is nothing more to do.
func (o Outcome) Done() bool { return o.State != Waiting }

// look finds out from a trial's folder what came of it. Whatever stands there must be of this trial.
func look(dir string, t Trial) (Outcome, error) {
	o := Outcome{Trial: t, State: Waiting}
	dir = filepath.Join(dir, t.Name)
	reason, failed, err := readFailure(filepath.Join(dir, FailedFile))
	switch {
	case err != nil:
		return o, err
	case failed:
		o.State, o.Reason = Failed, reason
		return o, nil
	case has(dir, train.CheckpointFile) || !has(dir, train.WeightsFile): // the checkpoint goes last
		return o, nil
	}
	h, err := train.ReadHistory(dir)
	if err != nil {
		return o, err
	}
	if err := t.mustBe(dir, h.Config); err != nil {
		return o, err
	}
	kept, ok := h.Kept()
	if !ok || h.Recipe == nil {
		return o, fmt.Errorf("%s has weights, but no score of an epoch: remove it to train it again", dir)
	}
	o.State, o.Kept, o.Regression, o.test, o.data = Finished, kept, h.Regression, h.Recipe.Test, h.Recipe.Data
	if data.IsText(h.Config.Spec.Name) {
		o.perCharacter()
	}
	return o, nil
}

// perCharacter brings the losses of a text to nats a character, in which all trials can be compared. The part that a text is
// tested with is the one that was held out to watch the training.
func (o *Outcome) perCharacter() {
	v := &o.Kept.Validation
	v.Samples, v.Characters = o.test.Samples, o.test.Characters
	*v, o.test = v.PerCharacter(), o.test.PerCharacter()
}

func has(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// mustBe returns an error when a folder holds a training of another configuration.
func (t Trial) mustBe(dir string, c train.Config) error {
	if names := train.Differing(t.Config, c); len(names) > 0 {
		return fmt.Errorf("%s is not the trial of the plan: %s differs: remove it to train the trial again", dir, strings.Join(names, ", "))
	}
	return nil
}

// run trains a trial, from the start or from where it was stopped. A trial that breaks is no error: the failure is left in
// its folder.
func run(ctx context.Context, dir string, t Trial, o train.Options) error {
	dir = filepath.Join(dir, t.Name)
	err := t.train(ctx, dir, o)
	var finished *train.FinishedError
	if errors.As(err, &finished) { // by another process, since the look
		return nil
	}
	if reason, failed := failure(err); failed {
		return writeFailure(filepath.Join(dir, FailedFile), reason)
	}
	return err
}

func (t Trial) train(ctx context.Context, dir string, o train.Options) error {
	if has(dir, train.ConfigFile) {
		c, err := train.ReadConfig(filepath.Join(dir, train.ConfigFile))
		if err != nil {
			return err
		}
		if err := t.mustBe(dir, c); err != nil {
			return err
		}
		_, err = train.Resume(ctx, dir, o)
		return err
	}
	o.Out = dir
	_, err := train.Run(ctx, t.Config, o)
	return err
}

// failure tells errors that the trial's settings lead to from those of the machine, and returns the reason: the same for
// the same trial, wherever it runs.
func failure(err error) (reason string, failed bool) {
	var broken *train.BrokenError
	var overflow *dtype.OverflowError
	switch {
	case errors.As(err, &broken):
		return broken.Error(), true
	case errors.As(err, &overflow):
		return overflow.Error(), true
	}
	return "", false
}

// failureFile is the content of a failed.json.
type failureFile struct {
	Reason string `json:"reason"`
}

// maxFailure bounds what is read: a reason is a line.
const maxFailure = 1 << 20

func writeFailure(path, reason string) error {
	return atomicfile.Write(path, func(w io.Writer) error { return json.NewEncoder(w).Encode(failureFile{reason}) })
}

// readFailure returns why a trial broke; failed is false when the file does not exist.
func readFailure(path string) (reason string, failed bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	var content failureFile
	if err := json.NewDecoder(io.LimitReader(f, maxFailure)).Decode(&content); err != nil || content.Reason == "" {
		return "", false, fmt.Errorf("%s: not the reason of a failed trial: remove it to train the trial again", path)
	}
	return content.Reason, true, nil
}
