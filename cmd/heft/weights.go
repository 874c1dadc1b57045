package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/train"
)

// openWeights opens weights of any format, and says of a folder without any what it is.
func openWeights(path string) (*inspect.Source, error) {
	f, err := inspect.Open(path)
	if err != nil {
		return nil, withoutWeights(path, err)
	}
	return f, nil
}

// withoutWeights says what there is in a folder in place of weights.
func withoutWeights(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if path == "-" {
		return errors.New("weights are not read from a pipe, for their parts are looked at in any order: save them to a file first")
	}
	if _, stopped := os.Stat(filepath.Join(path, train.CheckpointFile)); stopped == nil {
		return fmt.Errorf("%q is a run that was stopped: 'heft train --resume %s' ends it; so far it has %q",
			path, shell.Word(path), filepath.Join(path, train.CheckpointFile))
	}
	var found []string
	for _, name := range []string{train.WeightsFile, train.CheckpointFile} {
		some, _ := fs.Glob(os.DirFS(path), "*/"+name) // the pattern is a good one
		found = append(found, some...)
	}
	if len(found) == 0 {
		return err
	}
	return fmt.Errorf("%q is a folder of %s: name one, as %q; 'heft compare' sets runs side by side", path, count(len(found), "run"), filepath.Join(path, filepath.Dir(filepath.FromSlash(found[0]))))
}

// notOfRun says of weights that a command which needs a run cannot read what they are, and what can be done with them. Of anything
// else it returns err.
func notOfRun(path string, err error) error {
	if other := inOtherForm(path); other != nil {
		return other
	}
	f, opened := inspect.Open(path)
	if opened != nil {
		return withoutWeights(path, err)
	}
	defer f.Close()
	_, recipe := f.Metadata().Value(train.RecipeKey)
	command, lab := labCommand(f)
	switch {
	case lab:
		return fmt.Errorf("%q is no run of 'heft train': '%s' makes it again, and 'heft inspect' shows what it holds", f.Path, command)
	case f.Many():
		return fmt.Errorf("%q is a model in many files: 'heft merge' makes one of them", f.Path)
	case f.Format() == serialize.Safetensors:
		return err
	case recipe:
		return fmt.Errorf("%q is %s: 'heft convert %s model.safetensors' makes of it what this command reads", f.Path, f.Format(), shell.Path(f.Path))
	}
	return fmt.Errorf("%q is %s without the recipe of a run, which this command needs: name the folder that 'heft train' left, or its %s; 'heft inspect' shows what the file holds",
		f.Path, f.Format(), train.WeightsFile)
}
