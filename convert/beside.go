package convert

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize"
)

// besideEndings are those of the files that libraries read beside weights: configurations, vocabularies, chat templates.
var besideEndings = []string{".json", ".txt", ".model", ".jinja"}

// Beside finds what the folder of a model has beside its weights and their index, as config.json and tokenizer.json, for another
// folder, which need not be there yet: copy brings it there. What is there already stays when it is the same; anything else under
// such a name belongs to another model, and is an fs.ErrExist, as is what appears there before copy is called.
func Beside(from, to string) (copy func() error, err error) {
	if from, err = withoutParents(from); err != nil {
		return nil, err
	}
	if to, err = withoutParents(to); err != nil {
		return nil, err
	}
	names, err := NamesBeside(from)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range names {
		there := filepath.Join(to, name)
		switch err := vacant(there); {
		case err == nil:
			missing = append(missing, name)
			continue
		case !errors.Is(err, fs.ErrExist):
			return nil, err
		}
		switch same, err := sameContent(filepath.Join(from, name), there); {
		case err != nil:
			return nil, err
		case !same:
			return nil, taken(there)
		}
	}
	return func() error {
		for _, name := range missing {
			there := filepath.Join(to, name)
			if err := vacant(there); err != nil {
				return err
			}
			if err := copyFile(filepath.Join(from, name), there); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// NamesBeside lists the files of a model's folder that libraries read beside its weights and their index, in order.
func NamesBeside(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		name := e.Name()
		if !slices.Contains(besideEndings, filepath.Ext(name)) || strings.HasSuffix(name, serialize.IndexEnding) || strings.HasPrefix(name, ".") {
			continue
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			names = append(names, name)
		}
	}
	return names, err
}

// sameContent tells whether two paths are those of regular files that hold the same bytes.
func sameContent(a, b string) (bool, error) {
	first, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	second, err := os.Stat(b)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a link that leads nowhere
		return false, nil
	case err != nil:
		return false, err
	case !first.Mode().IsRegular() || !second.Mode().IsRegular() || first.Size() != second.Size():
		return false, nil
	}
	f, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer f.Close()
	g, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer g.Close()
	return sameBytes(f, g)
}

// sameBytes tells whether two readers give the same, and holds little of it.
func sameBytes(a, b io.Reader) (bool, error) {
	var p, q [32 << 10]byte
	for {
		n, errA := io.ReadFull(a, p[:])
		m, errB := io.ReadFull(b, q[:])
		if !bytes.Equal(p[:n], q[:m]) {
			return false, nil
		}
		for _, err := range []error{errA, errB} {
			if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
				return false, err
			}
		}
		if errA != nil || errB != nil {
			return errA == errB, nil
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return atomicfile.Write(to, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}
