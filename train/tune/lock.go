package tune

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/heft-ml/heft/internal/atomicfile"
)

const lockFile = ".lock"

// locked does something in a search's folder, which it makes if need be, while no other process does. Where the system has
// no locks it does it all the same: every file is replaced as a whole, and what was overtaken is written again by the next
// process.
func locked(dir string, do func() error) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(dir, lockFile))
	switch err := lock.Lock(); {
	case errors.Is(err, errors.ErrUnsupported):
		return do()
	case err != nil:
		return err
	}
	defer lock.Unlock()
	if err := atomicfile.Clean(dir); err != nil {
		return err
	}
	return do()
}
