package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Trained is a model read from its weights file: the file alone is enough.
type Trained struct {
	Path   string
	Recipe Recipe
	Input  *data.Input
	Store  *nn.Store
	Model  nn.Layer
}

// Open reads the model of a run's folder, or of a weights file that Heft trained. The error says what is missing or does
// not fit, and where.
//
// A model of text is a [*TextError]: see [OpenText].
func Open(path string) (*Trained, error) {
	path = weightsPath(path)
	f, recipe, err := openWeights(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if data.IsText(recipe.Config.Spec.Name) {
		return nil, &TextError{path}
	}
	in, err := data.ParseInput([]byte(f.Metadata()[inputKey]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s, m, err := recipe.Config.buildWithin(max(1, numbersOf(f)), samplesAs(in)) // before there is room for more
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := s.Load(f.All()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Trained{path, recipe, in, s, m}, nil
}

// numbersOf is how many numbers the tensors of a file have.
func numbersOf(f *safetensors.File) (numbers int) {
	for _, info := range f.Tensors() {
		numbers += info.NumElements()
	}
	return numbers
}

// errNoRecipe is the error of a weights file that is not from a run.
var errNoRecipe = errors.New("the file has no recipe: it was not trained by heft")

// openWeights opens a weights file and reads its recipe.
func openWeights(path string) (*safetensors.File, Recipe, error) {
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, Recipe{}, orUnfinished(path, err)
	}
	recipe, ok, err := ReadRecipe(f.Metadata())
	if _, text := f.Metadata()[ModelKey]; err == nil && !ok && text {
		f.Close()
		return nil, Recipe{}, &TextError{path}
	}
	if err == nil && !ok {
		err = errNoRecipe
	}
	if err == nil {
		err = recipe.Config.Check()
	}
	if err != nil {
		f.Close()
		return nil, Recipe{}, fmt.Errorf("%s: %w", path, err)
	}
	return f, recipe, nil
}

// TestSet returns what the model can be scored on: with no name the test part of the data set it was trained on, whose files
// are looked for beside the weights too, else that of another one by name; of csv:PATH all rows, as the model's own input reads them. The error says how another set does not suit the model.
func (t *Trained) TestSet(name string, opts ...data.LoadOption) (*data.Set, error) {
	spec := t.Recipe.Config.Spec
	if path, ok := strings.CutPrefix(name, "csv:"); ok {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		table, err := data.ReadTable(path, f)
		if err != nil {
			return nil, err
		}
		return t.Input.EncodeSet(table)
	}
	if name == "" {
		opts = append(opts[:len(opts):len(opts)], besides(t.Path))
	} else {
		spec = data.Spec{Name: name, Test: data.DefaultTest, Seed: spec.Seed}
	}
	parts, err := data.Load(spec, opts...)
	if err != nil {
		return nil, err
	}
	in := parts.Input
	if in.Features() != t.Input.Features() || in.Outputs() != t.Input.Outputs() || in.Regression() != t.Input.Regression() {
		return nil, fmt.Errorf("%s was trained on %s (%d features, %d outputs), but %s has %d features and %d outputs",
			t.Path, t.Recipe.Config.Spec.Name, t.Input.Features(), t.Input.Outputs(), name, in.Features(), in.Outputs())
	}
	return parts.ScaledAs(t.Input).Test, nil
}

// Assess scores the model on a set, in detail.
func (t *Trained) Assess(set *data.Set) Assessment {
	return Assess(t.Store, t.Model, set, unitOf(t.Input))
}

// Changes lists what was changed in the weights file after training; nothing if it is as it was.
func (t *Trained) Changes() ([]string, error) { return t.Recipe.changes(t.Store.Tensors()) }

// weightsPath returns the weights file of a run's folder, and any other path as it is.
func weightsPath(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, WeightsFile)
	}
	return path
}

// besides looks for a run's data by its relative path also in the folder of the run, or of its weights file, and in the two
// around it: runs stand in runs/NAME unless they are put elsewhere.
func besides(path string) data.LoadOption {
	dir := path
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		dir = filepath.Dir(path)
	}
	return data.Near(dir, filepath.Join(dir, ".."), filepath.Join(dir, "..", ".."))
}

// orUnfinished says more of an error where a folder holds a run that was stopped.
func orUnfinished(path string, err error) error {
	dir := filepath.Dir(path)
	if _, stopped := os.Stat(filepath.Join(dir, CheckpointFile)); errors.Is(err, fs.ErrNotExist) && stopped == nil {
		return fmt.Errorf("%s holds an unfinished run: go on with heft train --resume %s", dir, dir)
	}
	return err
}
