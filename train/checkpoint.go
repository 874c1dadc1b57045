package train

import (
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
)

const checkpointKey = "heft.checkpoint" // metadata of a checkpoint: JSON of checkpoint

// Tensors of a checkpoint are those of four sets, told apart by what their names begin with.
const (
	modelPrefix     = "model/"     // parameters and buffers
	optimizerPrefix = "optimizer/" // what the optimizer remembers
	averagePrefix   = "ema/"       // the average of the weights, if there is one
	bestPrefix      = "best/"      // parameters and buffers at the best epoch, if patience is set
)

// checkpoint is what a checkpoint holds beside tensors.
type checkpoint struct {
	Recipe   Recipe         `json:"recipe"` // of the run; its test score is not known yet
	Position position       `json:"position"`
	Step     int            `json:"step"`               // of the store
	Taken    map[string]int `json:"taken"`              // gradients that each parameter took
	Averaged int            `json:"averaged,omitempty"` // steps in the average of the weights
}

// saveCheckpoint writes where the run stands, so that [Resume] goes on to the same bits.
func (l *loop) saveCheckpoint() error {
	state := l.optimizer.State()
	c := checkpoint{Recipe: l.recipe, Position: l.at, Step: l.store.Step(), Taken: state.Steps}
	var average, tensors []dtype.Tensor
	if l.ema != nil {
		average, c.Averaged = l.ema.Tensors(), l.ema.Steps()
	}
	for _, set := range []struct {
		prefix  string
		tensors []dtype.Tensor
	}{{modelPrefix, l.store.Tensors()}, {optimizerPrefix, state.Tensors}, {averagePrefix, average}, {bestPrefix, l.best}} {
		for _, t := range set.tensors {
			t.Name = set.prefix + t.Name
			tensors = append(tensors, t)
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return safetensors.Save(l.folder.file(CheckpointFile), tensors, dtype.F32, safetensors.Metadata(map[string]string{checkpointKey: string(text)}))
}

// loadCheckpoint goes where a checkpoint stands. The error says why it is not of this run.
func (l *loop) loadCheckpoint() error {
	path := l.folder.file(CheckpointFile)
	f, err := safetensors.Open(path)
	if err != nil {
		return fmt.Errorf("the checkpoint is damaged: begin again with --force --out %s: %w", l.folder.path, err)
	}
	defer f.Close()
	var c checkpoint
	if err := json.Unmarshal([]byte(f.Metadata()[checkpointKey]), &c); err != nil {
		return fmt.Errorf("%s: not a checkpoint of heft: %w", path, err)
	}
	if err := l.recipe.sameRun(c.Recipe); err != nil {
		return fmt.Errorf("%s: the checkpoint is of another run: %w", path, err)
	}
	if err := c.Position.check(l.config); err != nil || c.Step < 0 {
		return fmt.Errorf("%s: not a checkpoint of heft: %v", path, err)
	}
	state := optim.State{Steps: c.Taken}
	var average []dtype.Tensor
	for _, set := range []struct {
		prefix  string
		tensors *[]dtype.Tensor
	}{{optimizerPrefix, &state.Tensors}, {averagePrefix, &average}, {bestPrefix, &l.best}} {
		for t, err := range withPrefix(f.All(), set.prefix) {
			if err != nil {
				return err
			}
			t.Data = slices.Clone(t.Data)
			*set.tensors = append(*set.tensors, t)
		}
	}
	if l.ema != nil {
		if err := l.ema.Restore(average, c.Averaged); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := l.optimizer.Restore(state); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if _, err := l.store.Load(withPrefix(f.All(), modelPrefix)); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	l.store.Resume(c.Step)
	l.pass = nn.NewPass(l.store, nn.Training)
	l.at = c.Position
	if l.plateau != nil {
		for _, row := range l.at.Rows { // a plateau stands where the losses it saw put it
			l.plateau.Observe(row.Validation.Loss)
		}
	}
	return nil
}

// withPrefix yields the tensors of one set, under their own names.
func withPrefix(all iter.Seq2[dtype.Tensor, error], prefix string) iter.Seq2[dtype.Tensor, error] {
	return func(yield func(dtype.Tensor, error) bool) {
		for t, err := range all {
			name, ok := strings.CutPrefix(t.Name, prefix)
			if err == nil && !ok {
				continue
			}
			t.Name = name
			if !yield(t, err) {
				return
			}
		}
	}
}

// check returns an error when no run of that configuration can stand there.
func (p position) check(c Config) error {
	if p.Epoch < 0 || p.Epoch > c.Rounds() || p.Batch < 0 || len(p.Rows) != p.Epoch || p.Best < 0 || p.Best > p.Epoch {
		return fmt.Errorf("epoch %d, batch %d, %d rows and best epoch %d do not go together", p.Epoch, p.Batch, len(p.Rows), p.Best)
	}
	return nil
}

// sameRun returns an error that names what differs between two recipes in what decides a run.
func (r Recipe) sameRun(other Recipe) error {
	if name, a, b := firstDifference(r.Config, other.Config); name != "" {
		return fmt.Errorf("%s is %v, but was %v", name, a, b)
	}
	switch {
	case r.Data != other.Data:
		return fmt.Errorf("the data changed: %s is not what it was", r.Config.Spec.Name)
	case r.Version != other.Version:
		return fmt.Errorf("version is %s, but was %s", r.Version, other.Version)
	case r.SIMD != other.SIMD || r.Arch != other.Arch:
		return fmt.Errorf("the processor's level is %s/%s, but was %s/%s", r.Arch, r.SIMD, other.Arch, other.SIMD)
	}
	return nil
}

// firstDifference returns the first setting that differs between two configurations, by its JSON name; "" if none does.
func firstDifference(a, b Config) (name string, va, vb any) {
	return firstDifferentField(reflect.ValueOf(a), reflect.ValueOf(b))
}

func firstDifferentField(a, b reflect.Value) (name string, va, vb any) {
	for i := range a.NumField() {
		field := a.Type().Field(i)
		if field.Anonymous {
			if name, va, vb = firstDifferentField(a.Field(i), b.Field(i)); name != "" {
				return name, va, vb
			}
			continue
		}
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			name, _, _ = strings.Cut(field.Tag.Get("json"), ",")
			return name, x, y
		}
	}
	return "", nil, nil
}
