package gguf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDump(t *testing.T) {
	dir := "/tmp/heft/ggufdump"
	_ = os.MkdirAll(dir+"/hostile", 0o755)
	_ = os.MkdirAll(dir+"/unusual", 0o755)
	for _, h := range hostileFiles() {
		_ = os.WriteFile(filepath.Join(dir, "hostile", strings.ReplaceAll(h.name, "/", "_")), h.bytes, 0o644)
	}
	for n, b := range unusualFiles() {
		_ = os.WriteFile(filepath.Join(dir, "unusual", strings.ReplaceAll(n, "/", "_")), b, 0o644)
	}
	_ = os.WriteFile(filepath.Join(dir, "whole.gguf"), wholeFile(t), 0o644)
}
