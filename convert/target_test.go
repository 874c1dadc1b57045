package convert

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// many are the numbers of rows of 32.
func many(rows int) []float32 {
	x := make([]float32, 32*rows)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	return x
}

func TestTensorsAreQuantizedByTheirNewNames(t *testing.T) {
	t.Parallel()
	n, err := ParseNames([]byte("- {from: kept, to: position_embd}\n"))
	require.NoError(t, err)
	in := source(t, nil, tensor(t, "fc.weight", dtype.F32, []int{4, 32}, many(4)...), tensor(t, "kept.weight", dtype.F16, []int{2, 32}, many(2)...),
		tensor(t, "fc.bias", dtype.BF16, []int{2}, 1, 2), tensor(t, "codes", dtype.I8, []int{1}, 1))
	f, r := converted(t, in, Options{Format: serialize.GGUF, Names: n, As: gguf.Pure(ggml.Q4_0)})
	types := map[string]string{}
	for _, info := range f.Tensors() {
		types[info.Name] = info.Type
	}
	assert.Equal(t, map[string]string{"fc.weight": "Q4_0", "position_embd.weight": "F32", "fc.bias": "F32", "codes": "I8"}, types)
	assert.Equal(t, 3, r.Recast)
	version, _ := f.Metadata().Value(gguf.KeyQuantizationVersion)
	assert.Equal(t, quantizationVersion, version)

	want := make([]byte, 4*ggml.Q4_0.BlockBytes())
	require.NoError(t, ggml.Encode(want, ggml.Q4_0, many(4)))
	require.NoError(t, f.View("fc.weight", func(data []byte) error { assert.Equal(t, want, data); return nil }))

	again, r := converted(t, f, Options{Format: serialize.GGUF, As: gguf.Pure(ggml.Q4_0)})
	assert.Equal(t, f.Tensors(), again.Tensors())
	assert.Zero(t, r.Recast, "blocks that are there already are copied")
	other, _ := converted(t, f, Options{Format: serialize.GGUF, As: gguf.Pure(ggml.Q8_0)})
	assert.Equal(t, "Q8_0", other.Tensors()[0].Type)
	kind, _ := other.Metadata().Value(gguf.KeyFileType)
	assert.Equal(t, uint32(7), kind, "and no longer 2")
	plain, _ := converted(t, in, Options{Format: serialize.GGUF, As: gguf.Pure(ggml.F16)})
	assert.Equal(t, serialize.Metadata{{Key: gguf.KeyFileType, Value: uint32(1)}}, plain.Metadata(), "no blocks, no version of them")
}

func TestCodesThatGGUFHasNoPlaceForAreRefusedByName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out")
	for _, dt := range []dtype.DType{dtype.U8, dtype.U16, dtype.U32, dtype.U64, dtype.Bool, dtype.C64} {
		code := dtype.Tensor{Name: "codes.weight", DType: dt, Shape: []int{2, 256}, Data: make([]byte, 64*dt.Bits())}
		for _, to := range []ggml.Type{ggml.Q4_K, ggml.F16} {
			_, err := File(context.Background(), source(t, nil, code), path, Options{Format: serialize.GGUF, As: gguf.Pure(to)})
			require.ErrorContains(t, err, "codes.weight")
			assert.ErrorContains(t, err, "ggml has no type for "+dt.String())
			assert.NoFileExists(t, path)
		}
	}
	f, _ := converted(t, source(t, nil, tensor(t, "w.weight", dtype.F8E4M3, []int{2, 32}, many(2)...)), Options{Format: serialize.GGUF, As: gguf.Pure(ggml.Q4_0)})
	assert.Equal(t, "Q4_0", f.Tensors()[0].Type, "narrow floats become what is asked for")
}

func TestAGGUFsMetadataTellsOfTheNumbersThatItHas(t *testing.T) {
	t.Parallel()
	in := source(t, nil, tensor(t, "fc.weight", dtype.F32, []int{4, 32}, many(4)...))
	blocks, _ := converted(t, in, Options{Format: serialize.GGUF, As: gguf.Pure(ggml.Q4_0)})
	halves, _ := converted(t, blocks, Options{Format: serialize.GGUF, DType: dtype.F16})
	version := serialize.KV{Key: gguf.KeyQuantizationVersion, Value: quantizationVersion}
	assert.Equal(t, serialize.Metadata{{Key: gguf.KeyFileType, Value: uint32(1)}, version}, halves.Metadata())

	floats, _ := converted(t, blocks, Options{Format: serialize.Safetensors})
	back, _ := converted(t, floats, Options{Format: serialize.GGUF})
	assert.Equal(t, serialize.Metadata{{Key: gguf.KeyFileType, Value: uint32(0)}, version}, back.Metadata(), "it was of Q4_0")
}

func TestWhatAGGUFTellsOfItsTypesKeepsItsPlace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "in.gguf")
	m := gguf.Metadata{
		{Key: "a", Value: gguf.Of("x")}, {Key: gguf.KeyQuantizationVersion, Value: gguf.Of(quantizationVersion)},
		{Key: gguf.KeyFileType, Value: gguf.Of(uint32(1))}, {Key: "b", Value: gguf.Of("y")},
	}
	require.NoError(t, gguf.Save(path, m, []dtype.Tensor{tensor(t, "w.weight", dtype.F16, []int{2, 1}, 1, 2)}, gguf.Pure(ggml.F16)))
	in := reopened(t, path)
	there, _ := converted(t, in, Options{Format: serialize.Safetensors})
	back, r := converted(t, there, Options{Format: serialize.GGUF})
	assert.Empty(t, r.Left)
	assert.Equal(t, "F16", back.Tensors()[0].Type)
	assert.Equal(t, in.Metadata(), back.Metadata())

	wide, r := converted(t, there, Options{Format: serialize.GGUF, DType: dtype.F64})
	assert.Equal(t, []string{gguf.KeyFileType}, r.Left, "there is no number for it")
	_, told := wide.Metadata().Value(gguf.KeyFileType)
	assert.False(t, told)
}

func TestAlignmentIsThatOfTheFileItself(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "in.gguf")
	m := gguf.Metadata{{Key: gguf.KeyAlignment, Value: gguf.Of(uint32(64))}, {Key: "note", Value: gguf.Of("x")}}
	require.NoError(t, gguf.Save(path, m, []dtype.Tensor{tensor(t, "w", dtype.F32, []int{1}, 1)}, gguf.Pure(ggml.F32)))
	in := reopened(t, path)
	same, _ := converted(t, in, Options{Format: serialize.GGUF})
	assert.Equal(t, in.Metadata(), same.Metadata())
	there, r := converted(t, in, Options{Format: serialize.Safetensors})
	assert.Empty(t, r.Left)
	back, _ := converted(t, there, Options{Format: serialize.GGUF})
	assert.Equal(t, serialize.Metadata{{Key: "note", Value: "x"}}, back.Metadata())

	older := source(t, map[string]string{gguf.KeyAlignment: "64"}, tensor(t, "w", dtype.F32, []int{1}, 1))
	f, _ := converted(t, older, Options{Format: serialize.GGUF})
	assert.Empty(t, f.Metadata(), "what other programs left as text is no alignment")
}

func TestTypesThatAreNotWrittenAreRefused(t *testing.T) {
	t.Parallel()
	in := source(t, nil, tensor(t, "w", dtype.F32, []int{1, 256}, many(8)...))
	path := filepath.Join(t.TempDir(), "out")
	for _, to := range []ggml.Type{ggml.Q8_K, ggml.Q4_K} {
		_, err := File(context.Background(), in, path, Options{Format: serialize.GGUF, As: func(dtype.Info) ggml.Type { return to }})
		assert.Equal(t, to == ggml.Q4_K, err == nil, to)
		var unsupported *ggml.UnsupportedError
		assert.Equal(t, to == ggml.Q8_K, errors.As(err, &unsupported))
	}
}

func TestAFolderAppearsAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model")
	own := []string{"a", "b"}
	fill := func(text string, err error) func(dir string) error {
		return func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "a"), []byte(text), 0o666), err)
		}
	}
	look := func() string {
		text, _ := os.ReadFile(filepath.Join(path, "a"))
		entries, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		assert.LessOrEqual(t, len(entries), 1, "nothing is left beside it")
		return string(text)
	}
	full := errors.New("disk full")
	require.ErrorIs(t, Folder(path, false, own, fill("1", full)), full)
	assert.NoDirExists(t, path)
	require.NoError(t, os.Mkdir(path, 0o777), "an empty one may be there")
	require.NoError(t, Folder(path, false, own, fill("1", nil)))
	assert.Equal(t, "1", look())
	var there *FullError
	require.ErrorAs(t, Folder(path, false, own, fill("2", nil)), &there)
	require.ErrorIs(t, there, fs.ErrExist)
	assert.NotContains(t, there.Error(), "--")
	require.ErrorIs(t, Folder(path, true, own, fill("2", full)), full)
	assert.Equal(t, "1", look())
	require.NoError(t, Folder(path, true, own, fill("2", nil)))
	assert.Equal(t, "2", look())
	ending := path + string(filepath.Separator)
	require.NoError(t, Folder(ending, true, own, fill("slash", nil)))
	assert.Equal(t, "slash", look())
	require.NoError(t, os.RemoveAll(path))
	require.NoError(t, Folder(ending, false, own, fill("2", nil)), "nothing was there")
	assert.Equal(t, "2", look())
	require.NoError(t, os.Mkdir(filepath.Join(path, "b"), 0o777))
	require.ErrorIs(t, Folder(path, true, own, fill("3", nil)), fs.ErrExist, "a folder is no file of the model")
	assert.Equal(t, "2", look())
}
