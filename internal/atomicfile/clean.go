package atomicfile

import (
	"os"
	"path/filepath"
	"regexp"
)

// leftover is the name of a temporary file whose writer was killed.
var leftover = regexp.MustCompile(`^\..+\.tmp-[^/\\]+$`)

// Clean removes the temporary files that killed writers left in a directory. No other process may be writing there.
func Clean(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && leftover.MatchString(e.Name()) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
