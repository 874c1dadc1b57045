package convert

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func tensor(t testing.TB, name string, d dtype.DType, shape []int, values ...float32) dtype.Tensor {
	t.Helper()
	made, err := dtype.FromFloat32s(name, shape, values, d)
	require.NoError(t, err)
	return made
}

// source is an open safetensors file with these tensors.
func source(t testing.TB, m map[string]string, tensors ...dtype.Tensor) serialize.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in")
	require.NoError(t, safetensors.Save(path, tensors, safetensors.AsIs, safetensors.Metadata(m)))
	return reopened(t, path)
}

func reopened(t testing.TB, path string) serialize.File {
	t.Helper()
	f, err := serialize.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

func converted(t testing.TB, in serialize.File, o Options) (serialize.File, *Result) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out")
	r, err := File(context.Background(), in, path, o)
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing is left beside the file")
	return reopened(t, path), r
}

func TestEveryFormatBecomesEveryOther(t *testing.T) {
	t.Parallel()
	w := tensor(t, "fc.weight", dtype.F32, []int{2, 3}, 1, -2, 3, float32(math.Inf(1)), 5, 0)
	for _, from := range serialize.Formats() {
		first, _ := converted(t, source(t, nil, w), Options{Format: from.Format})
		for _, to := range serialize.Formats() {
			f, r := converted(t, first, Options{Format: to.Format})
			assert.Equal(t, to.Format, f.Format())
			assert.Equal(t, 1, r.Tensors)
			assert.Zero(t, r.Recast)
			got, err := f.Read(f.Tensors()[0].Name)
			require.NoError(t, err)
			assert.Equal(t, w.Data, got.Data, "%s to %s", from.Format, to.Format)
			assert.Equal(t, w.Shape, got.Shape)
		}
	}
}

func TestTensorsWithoutElementsOrNameAreConverted(t *testing.T) {
	t.Parallel()
	want := []dtype.Tensor{tensor(t, "", dtype.F32, []int{1}, 1), tensor(t, "empty", dtype.F32, []int{2, 0}), tensor(t, "tensor", dtype.F32, []int{1}, 2)}
	in := source(t, nil, want...)
	for _, to := range []serialize.Format{serialize.Safetensors, serialize.PyTorch, serialize.NPZ} {
		f, r := converted(t, in, Options{Format: to})
		assert.Equal(t, len(want), r.Tensors)
		for _, w := range want {
			got, err := f.Read(w.Name)
			require.NoError(t, err, "%s: %q", to, w.Name)
			assert.Equal(t, w.Shape, got.Shape)
			assert.Equal(t, string(w.Data), string(got.Data))
		}
	}
}

// closer closes a file, and sees what stands at path then.
type closer struct {
	serialize.File
	path string
	seen []byte
}

func (c *closer) Close() error {
	seen, err := os.ReadFile(c.path)
	c.seen = seen
	return errors.Join(err, c.File.Close())
}

func TestWhatIsReplacedIsClosedFirst(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	w := tensor(t, "w", dtype.F32, []int{2}, 1, 2)
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{w}, safetensors.AsIs))
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	f, err := serialize.Open(path)
	require.NoError(t, err)
	in := &closer{File: f, path: path}
	_, err = File(context.Background(), in, path, Options{Format: serialize.Safetensors, DType: dtype.F16, Close: in})
	require.NoError(t, err)
	assert.Equal(t, old, in.seen, "before the new file has the name")
	_, err = in.Read("w")
	require.Error(t, err, "it is closed")
	got, err := reopened(t, path).Read("w")
	require.NoError(t, err)
	assert.Equal(t, dtype.F16, got.DType)
	require.NoError(t, in.File.Close(), "closing twice does no harm")
}

func TestDamagedDataIsNotConverted(t *testing.T) {
	t.Parallel()
	values := make([]float32, 1<<21) // several pieces
	values[0] = 1234.5678
	w := tensor(t, "w", dtype.F32, []int{len(values)}, values...)
	in := source(t, nil, w)
	for _, from := range []serialize.Format{serialize.PyTorch, serialize.NPZ} {
		dir := t.TempDir()
		path := filepath.Join(dir, "damaged")
		_, err := File(context.Background(), in, path, Options{Format: from})
		require.NoError(t, err)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		whole[bytes.Index(whole, w.Data[:4])]++
		require.NoError(t, os.WriteFile(path, whole, 0o666))
		for _, to := range []dtype.DType{dtype.F32, dtype.F16} {
			_, err = File(context.Background(), reopened(t, path), filepath.Join(dir, "out"), Options{Format: serialize.Safetensors, DType: to})
			require.ErrorContains(t, err, "checksum", from)
			require.NoFileExists(t, filepath.Join(dir, "out"))
		}
	}
}

func TestFloatsAreCastAndCodesStay(t *testing.T) {
	t.Parallel()
	in := source(t, map[string]string{"note": "x"}, tensor(t, "w", dtype.F32, []int{2}, 1, 3), tensor(t, "h", dtype.F16, []int{1}, 2),
		tensor(t, "codes", dtype.I8, []int{2}, 7, -7), tensor(t, "narrow", dtype.F8E4M3, []int{1}, 2), tensor(t, "empty", dtype.F64, []int{0, 3}),
		tensor(t, "scalar", dtype.F32, nil, 4))
	f, r := converted(t, in, Options{Format: serialize.Safetensors, DType: dtype.BF16})
	types := map[string]string{}
	for _, info := range f.Tensors() {
		types[info.Name] = info.Type
	}
	assert.Equal(t, map[string]string{"w": "BF16", "h": "BF16", "codes": "I8", "narrow": "F8_E4M3", "empty": "BF16", "scalar": "BF16"}, types)
	assert.Equal(t, 4, r.Recast)
	note, ok := f.Metadata().Value("note")
	assert.True(t, ok)
	assert.Equal(t, "x", note)
	got, err := f.Read("w")
	require.NoError(t, err)
	assert.Equal(t, tensor(t, "w", dtype.BF16, []int{2}, 1, 3), got)
}

func TestBlocksStayInGGUFAndBecomeFloatsElsewhere(t *testing.T) {
	t.Parallel()
	ones := make([]float32, 64)
	for i := range ones {
		ones[i] = float32(i)
	}
	path := filepath.Join(t.TempDir(), "in.gguf")
	m := gguf.Metadata{{Key: "general.architecture", Value: gguf.Of("llama")}, {Key: "llama.block_count", Value: gguf.Of(uint32(2))}}
	require.NoError(t, gguf.Save(path, m, []dtype.Tensor{tensor(t, "a.weight", dtype.F32, []int{2, 32}, ones...)}, gguf.Pure(ggml.Q4_0)))
	in := reopened(t, path)
	want, err := in.Read("a.weight")
	require.NoError(t, err)

	f, _ := converted(t, in, Options{Format: serialize.GGUF})
	assert.Equal(t, in.Tensors(), f.Tensors())
	assert.Equal(t, in.Metadata(), f.Metadata())

	f, r := converted(t, in, Options{Format: serialize.Safetensors})
	assert.Equal(t, 1, r.Recast)
	got, err := f.Read("a.weight")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	count, _ := f.Metadata().Value("llama.block_count")
	assert.Equal(t, uint32(2), count, "as a text in the file, and as what it was in Metadata")

	for _, to := range []serialize.Format{serialize.GGUF, serialize.PyTorch} {
		f, r = converted(t, in, Options{Format: to, DType: dtype.F16})
		assert.Equal(t, "F16", f.Tensors()[0].DType.String())
	}
	assert.Contains(t, r.Left, "llama.block_count", "PyTorch's files have no place for it")
}

func TestOverflowIsRefusedUnlessAskedFor(t *testing.T) {
	t.Parallel()
	in := source(t, nil, tensor(t, "big", dtype.F32, []int{2}, 1e6, 1))
	path := filepath.Join(t.TempDir(), "out")
	_, err := File(context.Background(), in, path, Options{Format: serialize.Safetensors, DType: dtype.F16})
	var overflow *dtype.OverflowError
	require.ErrorAs(t, err, &overflow)
	assert.NotContains(t, err.Error(), "unverified")
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Empty(t, left)
	f, _ := converted(t, in, Options{Format: serialize.Safetensors, DType: dtype.F16, Overflow: dtype.Saturate})
	got, err := f.Read("big")
	require.NoError(t, err)
	assert.Equal(t, tensor(t, "big", dtype.F16, []int{2}, 65504, 1), got)
}

func TestAFileMayBeConvertedInPlaceAndKeepsItsPermissions(t *testing.T) {
	t.Parallel()
	if os.PathSeparator == '\\' {
		t.Skip("Windows does not replace a file that is open")
	}
	dir := t.TempDir()
	path, link := filepath.Join(dir, "model"), filepath.Join(dir, "link")
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{tensor(t, "w", dtype.F32, []int{1}, 1)}, safetensors.AsIs))
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, os.Symlink(path, link))
	_, err := File(context.Background(), reopened(t, path), link, Options{Format: serialize.PyTorch})
	require.NoError(t, err)
	assert.Equal(t, serialize.PyTorch, reopened(t, path).Format())
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode())
}

func TestASlashAfterAFilesNameIsNoPartOfIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out")
	r, err := File(context.Background(), source(t, nil, tensor(t, "w", dtype.F32, []int{1}, 1)), path+string(filepath.Separator), Options{Format: serialize.GGUF})
	require.NoError(t, err)
	assert.Equal(t, []string{path}, r.Files)
	assert.Equal(t, serialize.GGUF, reopened(t, path).Format())
}

func TestNothingIsWrittenWhenAnythingFails(t *testing.T) {
	t.Parallel()
	w := tensor(t, "w", dtype.F32, []int{1}, 1)
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	old := filepath.Join(dir, "old")
	require.NoError(t, os.WriteFile(old, []byte("old"), 0o666))
	for name, c := range map[string]struct {
		ctx  context.Context
		in   serialize.File
		path string
		want string
	}{
		"interrupted":    {canceled, source(t, nil, w), old, "context canceled"},
		"broken":         {context.Background(), broken{source(t, nil, w)}, old, "pulled out"},
		"no such folder": {context.Background(), source(t, nil, w), filepath.Join(dir, "no", "out"), "out"},
		"a folder":       {context.Background(), source(t, nil, w), dir, "no regular file"},
	} {
		_, err := File(c.ctx, c.in, c.path, Options{Format: serialize.Safetensors})
		assert.ErrorContains(t, err, c.want, name)
		assert.NotContains(t, err.Error(), ".unverified", name)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 1, name)
		text, err := os.ReadFile(old)
		require.NoError(t, err)
		assert.Equal(t, "old", string(text), name)
	}
}

// broken is a file whose disk fails.
type broken struct{ serialize.File }

func (b broken) Decoded(name string) (dtype.Stored, error) {
	s, err := b.File.Decoded(name)
	s.View = func(int64, int64, func([]byte) error) error { return errors.New("pulled out") }
	return s, err
}

func TestWhatWasWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	in := source(t, nil, tensor(t, "w", dtype.F32, []int{2}, 1, 2), tensor(t, "v", dtype.F32, []int{1}, 1))
	done, total := int64(0), int64(0)
	x, err := newTransfer(context.Background(), in, Options{Format: serialize.NPZ, Progress: func(d, of int64) { done, total = d, of }})
	require.NoError(t, err)
	write := func(tensors ...dtype.Tensor) string {
		path := filepath.Join(t.TempDir(), "out")
		require.NoError(t, safetensors.Save(path, tensors, safetensors.AsIs))
		return path
	}
	for _, info := range x.infos {
		require.NoError(t, x.content(info, io.Discard))
	}
	w, v := tensor(t, "w", dtype.F32, []int{2}, 1, 2), tensor(t, "v", dtype.F32, []int{1}, 1)
	require.NoError(t, x.verify(write(w, v)))
	assert.Equal(t, int64(24), total)
	assert.Equal(t, total, done)
	for want, path := range map[string]string{
		"it has 1 tensors, not 2": write(w),
		"it was not written":      write(w, tensor(t, "x", dtype.F32, []int{1}, 1)),
		"its bytes are others":    write(tensor(t, "w", dtype.F32, []int{2}, 1, 3), v),
		"its shape is [1 2]":      write(tensor(t, "w", dtype.F32, []int{1, 2}, 1, 2), v),
		"nowhere":                 filepath.Join(t.TempDir(), "nowhere"),
	} {
		err := x.verify(path)
		var broken *VerifyError
		require.ErrorAs(t, err, &broken, want)
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, strings.TrimSpace(err.Error()), "\n")
	}
}
