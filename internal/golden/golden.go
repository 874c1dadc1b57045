// Package golden reads the files of testdata/golden: what PyTorch computes, for tests to compare with.
package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Folder returns the path of testdata/golden, found from the folder of any package of this module.
func Folder(t testing.TB) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "testdata", "golden")
}

// moduleRoot is the nearest folder upwards that holds a go.mod.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("golden: no go.mod in %s or above", start)
		}
		dir = up
	}
}

// load decodes one golden file. A field that F does not have fails the test: reader and generator must agree.
func load[F any](t testing.TB, name string) *F {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Folder(t), name))
	if err != nil {
		t.Fatal(err)
	}
	file, err := decode[F](data)
	if err != nil {
		t.Fatalf("golden: %s: %v", name, err)
	}
	return file
}

func decode[F any](data []byte) (*F, error) {
	file := new(F)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return file, decoder.Decode(file)
}
