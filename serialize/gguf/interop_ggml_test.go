package gguf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/quant/ggml"
)

// ggmlSays has ggml open files, by name, and write them anew: the second result is their bytes then.
func ggmlSays(t *testing.T, files map[string][]byte) (answers map[string]json.RawMessage, again func(name string) []byte) {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	library := filepath.Join(interop.LlamaCpp(t), "libggml-base.so")
	require.NoError(t, json.Unmarshal([]byte(interop.Run(t, "testdata/ggml.py", library, dir)), &answers))
	require.Len(t, answers, len(files))
	return answers, func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name+".again"))
		require.NoError(t, err)
		return b
	}
}

// TestGGMLOpensOurFilesAndWritesTheSameBytes is llama.cpp's own reader: every type of tensor and of value, empty ones, scalars, no tensors, 10,000 of them,
// and names in unicode. What it writes is read here as what it is, since it is the same file.
//
// What it writes of a scalar has one dimension, and of nothing as many as come before the last that is larger than 1: those it only reads.
func TestGGMLOpensOurFilesAndWritesTheSameBytes(t *testing.T) {
	t.Parallel()
	const unkept = "scalar and empty"
	many := make([]dtype.Tensor, 10_000)
	for i := range many {
		many[i] = dtype.Tensor{Name: fmt.Sprintf("層.%d", i), DType: dtype.I32, Shape: []int{1}, Data: []byte{byte(i), byte(i >> 8), 0, 0}}
	}
	infos, content := everyType(t)
	infos = slices.DeleteFunc(infos, func(info dtype.Info) bool { return len(info.Shape) == 0 || info.Shape[0] == 0 })
	whole, err := newPlan(everyKind(), infos, content)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, whole.writeTo(&b))
	files := map[string][]byte{
		"whole": b.Bytes(), unkept: written(t, nil, []dtype.Tensor{wave(t, "scalar"), wave(t, "empty", 0, 4)}, only(ggml.F32)), "none": written(t, everyKind(), nil, only(ggml.F32)), "nothing": written(t, nil, nil, only(ggml.F32)),
		"many": written(t, everyKind(), many, only(ggml.I32)),
	}
	answers, again := ggmlSays(t, files)
	for name, b := range files {
		var seen struct {
			Keys    [][2]string
			Tensors [][4]any
		}
		require.NoError(t, json.Unmarshal(answers[name], &seen), "%s: %s", name, answers[name])
		f := opened(t, b)
		var keys [][2]string
		for _, kv := range f.Metadata() {
			keys = append(keys, [2]string{kv.Key, kv.Value.TypeName()})
		}
		assert.ElementsMatch(t, keys, seen.Keys, name)
		require.Len(t, seen.Tensors, len(f.Tensors()), name)
		for i, info := range f.Tensors() {
			sizes := []any{1., 1., 1., 1.} // the fastest dimension first
			for k, n := range info.Shape {
				sizes[len(info.Shape)-1-k] = float64(n)
			}
			require.NoError(t, f.View(info.Name, func(data []byte) error {
				sum := sha256.Sum256(data)
				require.Equal(t, [4]any{info.Name, info.Type, sizes, hex.EncodeToString(sum[:])}, seen.Tensors[i], name)
				return nil
			}))
		}
		if name != unkept {
			assert.True(t, bytes.Equal(b, again(name)), "ggml writes another %s", name)
		}
	}
}

// stricter are the hostile files that ggml opens all the same.
var stricter = map[string]string{
	"bool of 2":                  "any byte but 0 is true",
	"array of bools, one of 255": "any byte but 0 is true",
	"key of 65536 bytes":         "a key may be as long as the file",
	"key of no text":             "a key may be any bytes",
}

// TestGGMLRefusesWhatWeRefuse counts it as refused, too, where ggml ends the process: of sizes whose product overflows, and of a petabyte.
func TestGGMLRefusesWhatWeRefuse(t *testing.T) {
	t.Parallel()
	files, names := map[string][]byte{}, map[string]string{}
	for _, h := range hostileFiles() {
		file := fmt.Sprint(len(files))
		files[file], names[file] = h.bytes, h.name
	}
	answers, _ := ggmlSays(t, files)
	for file, name := range names {
		refused := slices.Contains([]string{`"refused"`, `"died"`}, string(answers[file]))
		assert.Equal(t, stricter[name] == "", refused, "%s: ggml says %.200s", name, answers[file])
	}
}
