package train

import (
	"fmt"
	"os"
	"path/filepath"

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
func Open(path string) (*Trained, error) {
	path = weightsPath(path)
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	recipe, ok, err := ReadRecipe(f.Metadata())
	if err == nil && !ok {
		err = fmt.Errorf("the file has no recipe: it was not trained by heft")
	}
	if err == nil {
		err = recipe.Config.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	in, err := data.ParseInput([]byte(f.Metadata()[inputKey]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s, m, err := recipe.Config.build(in.Features(), in.Outputs())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := s.Load(f.All()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Trained{path, recipe, in, s, m}, nil
}

// Assess scores the model on a set, in detail.
func (t *Trained) Assess(set *data.Set) Assessment {
	return Assess(t.Store, t.Model, set, unitOf(t.Input))
}

// weightsPath returns the weights file of a run's folder, and any other path as it is.
func weightsPath(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, WeightsFile)
	}
	return path
}
