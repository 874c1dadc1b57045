package convert

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// alike gives a folder that was made the permissions and the owner of the one that it is to replace, and so its files those of the
// files of their names. Other names are of files whose content may have stood in any: they get what the file had that was open to fewest.
func alike(old, made string) error {
	strictest, err := openToFewest(old)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(made)
	if err != nil {
		return err
	}
	for _, e := range entries {
		like, err := os.Stat(filepath.Join(old, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			like, err = strictest, nil
		}
		if err == nil && like != nil {
			err = atomicfile.KeepAccess(filepath.Join(made, e.Name()), like)
		}
		if err != nil {
			return err
		}
	}
	info, err := os.Stat(old)
	if err != nil {
		return err
	}
	return atomicfile.KeepAccess(made, info)
}

// openToFewest returns the file of a folder with which everybody may do least, and of several its group; nil where there is none.
func openToFewest(dir string) (strictest fs.FileInfo, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	infos := make([]fs.FileInfo, len(entries))
	for i, e := range entries {
		if infos[i], err = e.Info(); err != nil {
			return nil, err
		}
	}
	return slices.MinFunc(infos, func(a, b fs.FileInfo) int {
		return cmp.Or(cmp.Compare(a.Mode()&0o007, b.Mode()&0o007), cmp.Compare(a.Mode()&0o070, b.Mode()&0o070))
	}), nil
}
