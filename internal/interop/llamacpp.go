package interop

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heft-ml/heft/internal/testmode"
)

// llama.cpp as npm has it, built for Linux on x86-64 (MIT): libggml-base.so, libggml.v0.5.0.so, libllama.v0.5.0.so.
const (
	llamaPackage = "@node-llama-cpp/linux-x64@3.22.1"
	llamaArchive = "node-llama-cpp-linux-x64-3.22.1.tgz"
	llamaSHA256  = "0d953e1503d5ab4608d8ed5b739132308c81ac05ffeb760d2a7f30e08a9f90e0"
	llamaFolder  = "package/bins/linux-x64/"
	llamaTimeout = 5 * time.Minute
)

// LlamaCpp returns a folder with the shared libraries of llama.cpp, which Python can load with ctypes. It fetches them with
// npm when they are not there yet, and skips t when -long was not given, or on another system than Linux on x86-64.
func LlamaCpp(t testing.TB) string {
	t.Helper()
	if !testmode.Long() {
		t.Skip("run with -long to have llama.cpp open files")
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("npm has llama.cpp for linux/amd64, not for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := sharedLlama()
	settle(t, err, os.Getenv("CI") == "true")
	return dir
}

// sharedLlama looks for the libraries at most once in this process.
var sharedLlama = sync.OnceValues(fetchLlama)

// fetchLlama returns the folder, which stands complete or not at all.
func fetchLlama() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "heft", "llamacpp-"+llamaSHA256[:12])
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("llama.cpp comes from npm, which is not there: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return "", err
	}
	aside, err := os.MkdirTemp(filepath.Dir(dir), "llamacpp.tmp-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside)
	ctx, cancel := context.WithTimeout(context.Background(), llamaTimeout)
	defer cancel()
	fetch := exec.CommandContext(ctx, npm, "pack", llamaPackage, "--pack-destination", aside)
	fetch.Dir = aside
	if out, err := fetch.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack %s: %w: %.300s", llamaPackage, err, strings.Join(strings.Fields(string(out)), " "))
	}
	libraries := filepath.Join(aside, "libraries")
	if err := unpackLlama(filepath.Join(aside, llamaArchive), libraries); err != nil {
		return "", err
	}
	if err := os.Rename(libraries, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // another process was not quicker
			return "", err
		}
	}
	return dir, nil
}

// unpackLlama checks the archive and takes the libraries out of it.
func unpackLlama(archive, dir string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return err
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != llamaSHA256 {
		return fmt.Errorf("%s is not the file that it was: its SHA-256 is %s", llamaArchive, sum)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, ours := strings.CutPrefix(header.Name, llamaFolder)
		if !ours || !strings.HasSuffix(name, ".so") || strings.Contains(name, "/") {
			continue
		}
		library, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		_, err = io.Copy(library, files)
		if err := errors.Join(err, library.Close()); err != nil {
			return err
		}
	}
}
