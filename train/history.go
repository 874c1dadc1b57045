package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/serialize/safetensors"
)

// History is what a run's folder tells of the run, finished or not.
type History struct {
	Dir        string
	Config     Config
	Epochs     []Epoch // done so far; how many samples were scored is not told, and 0
	Regression bool    // whether numbers are predicted, not classes; false before the first epoch
	Recipe     *Recipe // nil until the run is finished
}

// ReadHistory reads config.json, metrics.csv and, if the run is finished, the recipe in its weights. No file is trusted.
// The error names the folder that is no run, or the file that is missing, damaged or of another run.
func ReadHistory(dir string) (*History, error) {
	h := &History{Dir: dir}
	var err error
	if h.Config, err = ReadConfig(filepath.Join(dir, ConfigFile)); err != nil {
		return nil, noRun(dir, err)
	}
	if h.Recipe, err = readFinished(filepath.Join(dir, WeightsFile)); err != nil {
		return nil, err
	}
	m, err := readMetrics(filepath.Join(dir, MetricsFile))
	switch {
	case h.Recipe == nil && errors.Is(err, fs.ErrNotExist): // stopped before its first epoch
		return h, nil
	case err != nil:
		return nil, err
	}
	h.Epochs, h.Regression = m.rows, m.regression
	if err := h.check(m); err != nil {
		return nil, err
	}
	return h, nil
}

// noRun says why a folder without a readable configuration is no run.
func noRun(dir string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, missing := os.Stat(dir); missing != nil {
		return missing
	}
	return fmt.Errorf("%s is no run: it has no %s", dir, ConfigFile)
}

// readFinished returns the recipe in a run's weights, and nil when there are none.
func readFinished(path string) (*Recipe, error) {
	f, err := safetensors.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	recipe, ok, err := ReadRecipe(f.Metadata())
	if err == nil && !ok {
		err = errNoRecipe
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &recipe, nil
}

// check returns an error when the files are not of one run.
func (h *History) check(m metrics) error {
	path, done, step := filepath.Join(h.Dir, MetricsFile), len(m.rows), 0
	if done > 0 {
		step = m.rows[done-1].Step
	}
	switch {
	case done > h.Config.Rounds():
		return fmt.Errorf("%s has %d epochs, but the run has %d: it is of another run", path, done, h.Config.Rounds())
	case done > 0 && m.validated != h.Validated():
		return fmt.Errorf("%s and %s do not agree on whether a part is held out: they are not of one run", path, ConfigFile)
	case h.Recipe == nil:
		return nil
	case step != h.Recipe.Steps:
		return fmt.Errorf("%s ends at step %d, but the weights had %d: truncated, or of another run", path, step, h.Recipe.Steps)
	}
	if names := Differing(h.Config, h.Recipe.Config); len(names) > 0 {
		return fmt.Errorf("%s is not what the weights were trained with: %s differs", filepath.Join(h.Dir, ConfigFile), strings.Join(names, ", "))
	}
	return nil
}

// Validated tells whether a part of the data is held out, so that epochs have a validation score.
func (h *History) Validated() bool { return h.Config.Validation > 0 }

// Best returns the epoch of the smallest validation loss, the first of equal ones, as patience sees it. ok is false when
// nothing was held out or no epoch is done.
func (h *History) Best() (best Epoch, ok bool) {
	if !h.Validated() {
		return best, false
	}
	for i, e := range h.Epochs {
		if i == 0 || e.Validation.Loss < best.Validation.Loss {
			best = e
		}
	}
	return best, len(h.Epochs) > 0
}

// Last returns the last epoch. ok is false when none is done.
func (h *History) Last() (last Epoch, ok bool) {
	if len(h.Epochs) == 0 {
		return last, false
	}
	return h.Epochs[len(h.Epochs)-1], true
}

// Kept returns the epoch whose weights the run leaves: the best with patience, else the last. ok is false when no epoch
// is done.
func (h *History) Kept() (Epoch, bool) {
	if h.Config.Patience > 0 {
		return h.Best()
	}
	return h.Last()
}
