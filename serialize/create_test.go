package serialize

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/gguf"
)

// TestEveryFormatBecomesEveryOther converts there and back.
func TestEveryFormatBecomesEveryOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	want := tensorOf(t, "arr_0", -3, 7)
	for _, from := range Formats() {
		source := filepath.Join(dir, string(from.Format))
		save(t, source, from.Format, nil, want)
		f, err := Open(source)
		require.NoError(t, err)
		for _, to := range Formats() {
			path := filepath.Join(dir, string(from.Format+"-"+to.Format))
			require.NoError(t, Create(path, to.Format, f.Tensors(), nil, Content(f)), path)
			g, err := Open(path)
			require.NoError(t, err)
			got, err := g.Read("arr_0")
			require.NoError(t, err)
			assert.Equal(t, want, got, path)
			require.NoError(t, g.Close())
		}
		require.NoError(t, f.Close())
	}
}

func TestTensorsAreConvertedOnTheWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := tensorOf(t, "w", 0.3, 1024)
	save(t, filepath.Join(dir, "x"), Safetensors, nil, x)
	f, err := Open(filepath.Join(dir, "x"))
	require.NoError(t, err)
	closeAtEnd(t, f)
	infos := f.Tensors()
	infos[0].DType = dtype.BF16
	require.NoError(t, Create(filepath.Join(dir, "y"), GGUF, infos, nil, Content(f)))
	g, err := Open(filepath.Join(dir, "y"))
	require.NoError(t, err)
	closeAtEnd(t, g)
	got, err := g.Read("w")
	require.NoError(t, err)
	want, err := x.As(dtype.BF16)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	infos[0].DType, infos[0].Type = 0, "Q4_K"
	require.NoError(t, Create(filepath.Join(dir, "z"), GGUF, infos, nil, Content(f)), "blocks are made of numbers")
	b, err := Open(filepath.Join(dir, "z"))
	require.NoError(t, err)
	closeAtEnd(t, b)
	assert.Equal(t, "Q4_K", b.Tensors()[0].Type)
	infos[0].Type = "MXFP4"
	assert.ErrorIs(t, Content(f)(infos[0], io.Discard), gguf.Unsupported)
}

func TestMetadataIsKeptOrRefused(t *testing.T) {
	t.Parallel()
	m := Metadata{{"general.architecture", "gpt2"}, {"z", []string{"a", "b"}}, {"a", uint32(7)}, {"b", true}, {"c", 0.5}, {"d", []any{[]int64{1}, []int64{2, 3}}}}
	path := filepath.Join(t.TempDir(), "m")
	for _, format := range Formats() {
		if !format.Metadata {
			var refused *MetadataError
			require.ErrorAs(t, Create(path, format.Format, nil, m, nil), &refused)
			assert.Equal(t, format.Format, refused.Format)
			_, err := os.Stat(path)
			require.ErrorIs(t, err, os.ErrNotExist)
		}
	}
	save(t, path, GGUF, m, tensorOf(t, "w", 0, 2))
	f, err := Open(path)
	require.NoError(t, err)
	assert.Equal(t, m, f.Metadata())
	v, ok := f.Metadata().Value("a")
	assert.True(t, ok)
	assert.Equal(t, uint32(7), v)
	require.NoError(t, f.Close())
	save(t, path, Safetensors, m, tensorOf(t, "w", 0, 2))
	f, err = Open(path)
	require.NoError(t, err)
	m[5].Value = "[[1],[2,3]]"
	assert.Equal(t, append(m, KV{"format", "pt"}), f.Metadata())
	require.NoError(t, f.Close())
	var refused *MetadataError
	require.ErrorAs(t, Create(path, GGUF, nil, Metadata{{"x", struct{}{}}}, nil), &refused)
	require.ErrorAs(t, Create(path, Safetensors, nil, Metadata{{"x", "1"}, {"x", "2"}}, nil), &refused)
}

func TestBlocksAreReadAsNumbersAndSeenAsTheyAre(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "q")
	block := append([]byte{0, 0x3c}, make([]byte, 32)...) // Q8_0: the scale 1 and 32 numbers
	for i := range 32 {
		block[2+i] = byte(int8(i - 16))
	}
	infos := []dtype.Info{{Name: "w", Type: "Q8_0", Shape: []int{1, 32}}}
	require.NoError(t, Create(path, GGUF, infos, Metadata{{gguf.KeyArchitecture, "x"}}, func(_ dtype.Info, w io.Writer) error { _, err := w.Write(block); return err }))
	f, err := Open(path)
	require.NoError(t, err)
	closeAtEnd(t, f)
	assert.Zero(t, f.Tensors()[0].DType)
	require.NoError(t, f.View("w", func(data []byte) error { assert.Equal(t, string(block), string(data)); return nil }))
	got, err := f.Read("w")
	require.NoError(t, err)
	values, err := got.Float32s(nil)
	require.NoError(t, err)
	assert.Equal(t, []float32{-16, -15, -14}, values[:3])
	again := path + "-again"
	require.NoError(t, Create(again, GGUF, f.Tensors(), f.Metadata(), Content(f)))
	a, err := os.ReadFile(path)
	require.NoError(t, err)
	b, err := os.ReadFile(again)
	require.NoError(t, err)
	assert.Equal(t, a, b)
}

func TestAFormatThatIsNonePanics(t *testing.T) {
	t.Parallel()
	assert.Panics(t, func() { _ = Create("x", "onnx", nil, nil, nil) })
	err := Create(filepath.Join(t.TempDir(), "x"), NPY, nil, nil, nil)
	assert.ErrorContains(t, err, "holds one tensor")
}
