// Package venv keeps Python environments in the user's cache folder. Each holds the packages of one list
// of requirements and is named by a hash of it, so that programs with the same list share an environment,
// and an edited list makes a new one.
package venv

import (
	"io"
	"os"
	"path/filepath"
)

// Python returns the path of an interpreter that can import the packages of a requirements file, given
// its content. It makes their environment when there is none yet, and says on say what it does. The
// error is [ErrNoPython], or says what failed and what to do.
func Python(requirements []byte, say io.Writer) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "heft", environmentName(requirements))
	e := environment{
		dir: dir,
		build: func(aside string) error {
			base, err := findPython()
			if err != nil {
				return err
			}
			return install(base, aside, requirements, say)
		},
		say:  say,
		pace: usualPace,
	}
	if err := e.ensure(); err != nil {
		return "", err
	}
	return interpreter(dir), nil
}
