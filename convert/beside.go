package convert

import (
	"bytes"
	"io"
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
// folder, which need not be there yet: copy brings it there. What is there already stays when it is the same; other content under
// such a name belongs to another model, and is an fs.ErrExist.
func Beside(from, to string) (copy func() error, err error) {
	names, err := NamesBeside(from)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range names {
		there := filepath.Join(to, name)
		if _, err := os.Lstat(there); err != nil {
			missing = append(missing, name)
			continue
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
			if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
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

// sameContent tells whether two files hold the same bytes.
func sameContent(a, b string) (bool, error) {
	first, err := os.ReadFile(a)
	if err != nil {
		return false, err
	}
	second, err := os.ReadFile(b)
	return bytes.Equal(first, second), err
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
