package train

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A run that replaces another writes its files into a folder of its own within that of the old one, which stays as it is.
// With the first checkpoint that folder gets its other name, at once: from then on the new run is the one that stands, and
// what is left to do is done by the next process where this one is killed.
const (
	asideFolder = ".new"  // of a run that may yet break
	readyFolder = ".next" // of one that stands
)

// standAside leaves the run in the folder as it is, until [folder.replace].
func (f *folder) standAside() error {
	f.aside = asideFolder
	return os.Mkdir(filepath.Join(f.path, f.aside), 0o777)
}

// replace puts the run that stood aside in the place of the old one. It does nothing if none stood aside.
func (f *folder) replace() error {
	if f.aside == "" {
		return nil
	}
	if err := os.Rename(filepath.Join(f.path, asideFolder), filepath.Join(f.path, readyFolder)); err != nil {
		return err
	}
	f.aside = ""
	return f.takePlace()
}

// takePlace moves the files of a run that is ready over those of the old one. It can be stopped anywhere, and begun again.
// The checkpoint comes first: whoever looks at the folder meanwhile finds the old weights, or an unfinished run.
func (f *folder) takePlace() error {
	ready := filepath.Join(f.path, readyFolder)
	if _, err := os.Lstat(ready); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, name := range []string{CheckpointFile, ConfigFile, MetricsFile} {
		if err := os.Rename(filepath.Join(ready, name), f.file(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := f.remove(WeightsFile, PlotFile, TokenizerFile); err != nil {
		return err
	}
	return os.RemoveAll(ready)
}

// endReplacement ends in a run's folder what a killed process had begun. It does nothing where there is nothing to end.
func endReplacement(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, readyFolder)); err != nil {
		return nil
	}
	f, err := openFolder(dir)
	if err != nil {
		return err
	}
	f.close()
	return nil
}
