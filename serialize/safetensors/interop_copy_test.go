package safetensors

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
)

// copyFile copies a file as it is.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	f, err := Open(from)
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	require.NoError(t, Create(to, f.Tensors(), f.Content, KeepOrder(f), ExactMetadata(f.Metadata())))
}

// TestFilesOfPythonAreCopiedToTheByte has Python write what it likes, metadata in any order.
func TestFilesOfPythonAreCopiedToTheByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := interop.Run(t, `
import json, sys, torch
from safetensors.torch import save_file
torch.manual_seed(1)
many = {f"model.layers.{i}.é.weight": torch.randn(i % 3, 2).to([torch.float32, torch.bfloat16, torch.int64, torch.float8_e4m3fn][i % 4]) for i in range(10000)}
files = {
    "metadata": ({"x": torch.ones(2), "a": torch.zeros(())}, {f"key {i}": str(i) * i for i in range(50)}),
    "many": (many, None),
    "none": ({}, None),
    "none but metadata": ({}, {"format": "pt", "": "\n\u2028\U0001F600"}),
    "strange names": ({"": torch.ones(1), "\n\"\\\u0000é\U0001F600": torch.ones(1), "../x": torch.ones(1)}, {"format": "pt"}),
    "empty": ({"b": torch.ones(0), "a": torch.ones(3, 0, dtype=torch.int8), "c": torch.ones(1, dtype=torch.int8)}, None),
}
for name, (tensors, metadata) in files.items():
    save_file(tensors, sys.argv[1] + "/" + name, metadata=metadata)
print(json.dumps({name: len(tensors) for name, (tensors, _) in files.items()}))
`, dir)
	var counts map[string]int
	require.NoError(t, json.Unmarshal([]byte(out), &counts))
	require.Len(t, counts, 6)
	for name, n := range counts {
		path := filepath.Join(dir, name)
		tensors, _, err := Load(path)
		require.NoError(t, err, name)
		assert.Len(t, tensors, n, name)
		copied := filepath.Join(t.TempDir(), "copy")
		copyFile(t, path, copied)
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := os.ReadFile(copied)
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
}

// TestPythonSeesEveryDType reads our file by the reference's own parser, which knows every dtype, also those that torch lacks.
func TestPythonSeesEveryDType(t *testing.T) {
	t.Parallel()
	var tensors []dtype.Tensor
	for _, dt := range dtype.All() {
		data := make([]byte, dt.Bits())
		for i := range data {
			data[i] = byte(i + int(dt))
		}
		tensors = append(tensors, dtype.Tensor{Name: dt.String(), DType: dt, Shape: []int{2, 4}, Data: data},
			dtype.Tensor{Name: dt.String() + " empty", DType: dt, Shape: []int{0, 3}, Data: []byte{}})
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, Save(path, tensors, AsIs))
	out := interop.Run(t, `
import json, sys
from safetensors import deserialize
with open(sys.argv[1], "rb") as f:
    print(json.dumps({name: [t["dtype"], list(t["shape"]), bytes(t["data"]).hex()] for name, t in deserialize(f.read())}))
`, path)
	var seen map[string][3]any
	require.NoError(t, json.Unmarshal([]byte(out), &seen))
	require.Len(t, seen, len(tensors))
	for _, tensor := range tensors {
		got := seen[tensor.Name]
		assert.Equal(t, tensor.DType.String(), got[0])
		assert.Equal(t, fmt.Sprint(tensor.Shape), fmt.Sprint(got[1]), tensor.Name)
		assert.Equal(t, fmt.Sprintf("%x", tensor.Data), got[2], tensor.Name)
	}
}

// TestSlicesArePythons takes the same slices of the same file there.
func TestSlicesArePythons(t *testing.T) {
	t.Parallel()
	tensor := float32s(t, "x", 5, 4, 3)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, Save(path, []dtype.Tensor{tensor}, AsIs))
	out := interop.Run(t, `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as f:
    x = f.get_slice("x")
    print(json.dumps([s.flatten().tolist() for s in (x[1:3], x[0:5, 2:4], x[4:5, 0:4, 1:2], x[2:2])]))
`, path)
	var want [][]float32
	require.NoError(t, json.Unmarshal([]byte(out), &want))
	f, err := Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	for i, ranges := range [][]Range{{{1, 3}}, {{0, 5}, {2, 4}}, {{4, 5}, {0, 4}, {1, 2}}, {{2, 2}}} {
		got, err := f.ReadSlice("x", ranges...)
		require.NoError(t, err)
		values, err := got.Float32s([]float32{})
		require.NoError(t, err)
		assert.Equal(t, want[i], values, "%v", ranges)
	}
}
