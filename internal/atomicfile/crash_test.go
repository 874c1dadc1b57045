package atomicfile_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/npz"
	"github.com/heft-ml/heft/serialize/onnx"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// tensors has two of more bytes than are written at once, all of that value.
func tensors(value byte) []dtype.Tensor {
	const n = 3 << 17
	var all []dtype.Tensor
	for _, name := range []string{"a.weight", "b.weight"} {
		all = append(all, dtype.Tensor{Name: name, DType: dtype.U8, Shape: []int{n / 64, 64}, Data: bytes.Repeat([]byte{value}, n)})
	}
	return all
}

// writer writes tensors to a file in one of the ways that there are.
type writer struct {
	name  string
	write func(path string, tensors []dtype.Tensor) error
}

// writers are the ways to write one file.
func writers() []writer {
	all := []writer{
		{"safetensors.Save", func(path string, x []dtype.Tensor) error { return safetensors.Save(path, x, safetensors.AsIs) }},
		{"gguf.Save", func(path string, x []dtype.Tensor) error {
			for i := range x {
				x[i].DType = dtype.I8 // ggml has no U8
			}
			return gguf.Save(path, nil, x, gguf.Pure(ggml.F32))
		}},
		{"torchfile.Save", torchfile.Save},
		{"npz.Save", npz.Save},
		{"npz.SaveArray", func(path string, x []dtype.Tensor) error { return npz.SaveArray(path, x[0]) }},
		{"onnx.Save", func(path string, x []dtype.Tensor) error {
			g := &onnx.Graph{Name: "g"}
			for _, t := range x {
				g.Output(g.Weight(t), t.DType)
			}
			return onnx.Save(path, g)
		}},
	}
	for _, f := range serialize.Formats() {
		all = append(all, writer{fmt.Sprintf("serialize.Create %s", f.Format), func(path string, x []dtype.Tensor) error {
			if f.Format == serialize.NPY {
				x = x[:1]
			}
			infos, content := asked(f.Format, x)
			return serialize.Create(path, f.Format, infos, nil, content)
		}})
	}
	return all
}

// asked gives tensors to those who ask for one after the other, in small pieces.
func asked(f serialize.Format, x []dtype.Tensor) (infos []dtype.Info, content func(info dtype.Info, w io.Writer) error) {
	data := map[string][]byte{}
	for _, t := range x {
		info := t.Stored().Info
		if f == serialize.GGUF {
			info.DType = dtype.I8
		}
		infos = append(infos, info)
		data[t.Name] = t.Data
	}
	return infos, func(info dtype.Info, w io.Writer) error {
		for rest := data[info.Name]; len(rest) > 0; {
			n := min(len(rest), 10_000)
			if _, err := w.Write(rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}

// TestAFailureAtAnyStepLeavesTheOldFileOfEveryFormatWhole is not parallel: the disk that fails is that of all.
func TestAFailureAtAnyStepLeavesTheOldFileOfEveryFormatWhole(t *testing.T) {
	for _, w := range writers() {
		dir := t.TempDir()
		path := filepath.Join(dir, "model")
		require.NoError(t, w.write(path, tensors(2)), w.name)
		fresh := read(t, path)
		require.NoError(t, w.write(path, tensors(1)), w.name)
		old := read(t, path)
		require.NotEqual(t, fresh, old, w.name)

		steps, err := atomicfile.Failing(0, func() error { return w.write(path, tensors(1)) })
		require.NoError(t, err)
		require.Subset(t, steps, []atomicfile.Step{atomicfile.Inspect, atomicfile.Create, atomicfile.Content, atomicfile.Mode, atomicfile.Sync, atomicfile.Close,
			atomicfile.Rename, atomicfile.SyncDirectory}, w.name)
		for n := 1; n <= len(steps); n++ {
			at := fmt.Sprintf("%s: call %d, %s", w.name, n, steps[n-1])
			_, err := atomicfile.Failing(n, func() error { return w.write(path, tensors(2)) })
			require.ErrorIs(t, err, atomicfile.ErrInjected, at)
			require.ErrorContains(t, err, fmt.Sprintf("%q", path), at)
			atomicfile.RequireOnly(t, dir, "model")
			if steps[n-1] == atomicfile.SyncDirectory {
				assert.True(t, bytes.Equal(fresh, read(t, path)), at) // the new file stands, and is whole
			} else {
				assert.True(t, bytes.Equal(old, read(t, path)), at)
			}
		}
		require.NoError(t, w.write(path, tensors(2)), "and the next attempt succeeds")
		assert.True(t, bytes.Equal(fresh, read(t, path)), w.name)
	}
}

// shardWriters are the ways to write a model of three files, and of one more that makes them a model, into a folder.
func shardWriters() map[string]func(dir string) error {
	x := append(tensors(1), tensors(2)[0])
	x[2].Name = "c.weight"
	const limit = 1 << 18 // fewer bytes than one tensor has
	shards := func(file string, f serialize.Format) func(dir string) error {
		return func(dir string) error {
			infos, content := asked(f, x)
			_, err := serialize.CreateShards(filepath.Join(dir, file), f, limit, infos, nil, content)
			return err
		}
	}
	return map[string]func(dir string) error{
		"gguf.CreateSplit": func(dir string) error {
			infos, content := asked(serialize.GGUF, x)
			_, err := gguf.CreateSplit(filepath.Join(dir, "model.gguf"), limit, nil, infos, content)
			return err
		},
		"serialize.CreateShards safetensors": shards("model.safetensors", serialize.Safetensors),
		"serialize.CreateShards pytorch":     shards("pytorch_model.bin", serialize.PyTorch),
	}
}

// TestAFailureAtAnyStepLeavesNoModelInManyFilesThatIsNotWhole fails every writer of many files at every step.
func TestAFailureAtAnyStepLeavesNoModelInManyFilesThatIsNotWhole(t *testing.T) {
	for name, write := range shardWriters() {
		steps, err := atomicfile.Failing(0, func() error { return write(t.TempDir()) })
		require.NoError(t, err, name)
		for n := 1; n <= len(steps); n++ {
			at := fmt.Sprintf("%s: call %d of %d, %s", name, n, len(steps), steps[n-1])
			dir := t.TempDir()
			_, err := atomicfile.Failing(n, func() error { return write(dir) })
			require.ErrorIs(t, err, atomicfile.ErrInjected, at)
			if f, err := serialize.OpenFolder(dir); err == nil {
				assert.Equal(t, len(steps), n, "%s: the folder holds a model", at)
				assert.Len(t, f.Weights.Tensors(), 3)
				require.NoError(t, f.Close())
			}
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			for _, e := range entries {
				assert.NotContains(t, e.Name(), ".tmp-", at)
			}
		}
	}
}
