package convert

import (
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

// CopyBeside copies what the folder of a model has beside its weights and their index, as config.json and tokenizer.json, to another
// folder. What is there already stays.
func CopyBeside(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if !slices.Contains(besideEndings, filepath.Ext(name)) || strings.HasSuffix(name, serialize.IndexEnding) || strings.HasPrefix(name, ".") {
			continue
		}
		if _, err := os.Lstat(filepath.Join(to, name)); err == nil {
			continue
		}
		if info, err := os.Stat(filepath.Join(from, name)); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if err := copyFile(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return nil
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
