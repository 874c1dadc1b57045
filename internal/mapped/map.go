//go:build (unix && !aix) || windows

package mapped

import (
	"os"

	mmap "github.com/edsrzf/mmap-go"
)

// mapFile maps the first size bytes of a file for reading.
func mapFile(f *os.File, size int) (data []byte, unmap func() error, err error) {
	m, err := mmap.MapRegion(f, size, mmap.RDONLY, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	return m, m.Unmap, nil
}
