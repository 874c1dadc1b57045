package lab

import (
	"fmt"
	"os"
	"strings"

	"github.com/heft-ml/heft/data"
)

// Hashes name the content of the data of an experiment, which a name does not: see [data.Set.Hash].
type Hashes struct {
	Train string `json:"train"`
	Test  string `json:"test"`
}

// HashesOf returns those of both parts, as [Open] returns them.
func HashesOf(train, test *data.Set) Hashes { return Hashes{train.Hash(), test.Hash()} }

// Reopen is [Open] for what a file says of data, which anyone may have written: their name, and their hashes. Of csv:PATH it opens
// regular files alone, since a pipe could make one wait forever. The errors are those of Open, and that the data have changed.
func Reopen(name string, was Hashes) (train, test *data.Set, err error) {
	if path, table := strings.CutPrefix(name, tablePrefix); table {
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return nil, nil, fmt.Errorf("data: %.200q is not a regular file", path)
		}
	}
	if train, test, err = Open(name); err != nil {
		return nil, nil, err
	}
	if HashesOf(train, test) != was {
		return nil, nil, fmt.Errorf("data: %s has changed since then: put the data back as they were", name)
	}
	return train, test, nil
}
