//go:build (!unix || aix) && !windows

package mapped

import (
	"errors"
	"os"
)

// mapFile says that this system has no memory map.
func mapFile(*os.File, int) ([]byte, func() error, error) {
	return nil, nil, errors.ErrUnsupported
}
