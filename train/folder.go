package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// Names of a run's files.
const (
	WeightsFile    = "model.safetensors"
	ConfigFile     = "config.json"
	MetricsFile    = "metrics.csv"
	PlotFile       = "loss.svg"
	TokenizerFile  = "tokenizer.json"         // of a model of text
	CheckpointFile = "checkpoint.safetensors" // while the run is not finished
	lockFile       = ".lock"
)

// runFiles are the names of all files that a run leaves.
var runFiles = []string{CheckpointFile, WeightsFile, MetricsFile, PlotFile, TokenizerFile, ConfigFile}

// folder is a run's folder, held by this process alone.
type folder struct {
	path  string
	aside string       // the folder in it that files go to while another run stands there; "" otherwise
	lock  *flock.Flock // nil where the system has no locks
}

// BusyError says that another process trains in a folder.
type BusyError struct{ Dir string }

// Error names the folder and what can be done.
func (e *BusyError) Error() string {
	return fmt.Sprintf("another process is training in %s: wait for it, or choose another folder", e.Dir)
}

// openFolder makes the folder if need be, takes its lock, removes what killed processes left or ends what they had begun,
// and makes sure that files can be written, before hours of training.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	f := &folder{path: path, lock: flock.New(filepath.Join(path, lockFile))}
	free, err := f.lock.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		f.lock = nil
	case err != nil:
		return nil, err
	case !free:
		return nil, &BusyError{path}
	}
	err = f.takePlace()
	if err == nil {
		err = os.RemoveAll(filepath.Join(path, asideFolder))
	}
	if err == nil {
		err = atomicfile.Clean(path)
	}
	if err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *folder) file(name string) string { return filepath.Join(f.path, f.aside, name) }

// has tells whether the run has a file of that name.
func (f *folder) has(name string) bool {
	_, err := os.Lstat(f.file(name))
	return err == nil
}

func (f *folder) write(name string, write func(w io.Writer) error) error {
	return atomicfile.Write(f.file(name), write)
}

// remove removes files that may be there.
func (f *folder) remove(names ...string) error {
	for _, name := range names {
		if err := os.Remove(f.file(name)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// close gives the folder back. A run that did not come to take the place of another leaves nothing.
func (f *folder) close() {
	if f.aside != "" {
		_ = os.RemoveAll(filepath.Join(f.path, f.aside)) // the next process would do it too
	}
	if f.lock != nil {
		_ = f.lock.Unlock() // the process's end would do it too
	}
}

// writeConfig writes config.json.
func (c Config) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(c)
}
