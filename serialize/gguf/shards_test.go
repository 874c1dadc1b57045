package gguf

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// splitFiles writes the whole file in parts, and returns the File it was and their paths.
func splitFiles(t *testing.T, limit int64) (*File, []string) {
	t.Helper()
	f := opened(t, wholeFile(t))
	paths, err := CreateSplit(filepath.Join(t.TempDir(), "m.gguf"), limit, f.Metadata(), f.Tensors(), f.Content)
	require.NoError(t, err)
	return f, paths
}

func TestTheFilesOfASplitOpenAsOneByAnyName(t *testing.T) {
	t.Parallel()
	whole, paths := splitFiles(t, 3000)
	require.Greater(t, len(paths), 3)
	assert.Equal(t, fmt.Sprintf("m-00001-of-%05d.gguf", len(paths)), filepath.Base(paths[0]))
	dir := os.DirFS(filepath.Dir(paths[0]))
	for _, path := range paths {
		mappedFile, err := Open(path)
		require.NoError(t, err)
		embedded, err := OpenFS(dir, filepath.Base(path))
		require.NoError(t, err)
		for _, f := range []*File{mappedFile, embedded} {
			assert.Equal(t, len(paths), f.Parts())
			assert.Equal(t, whole.Tensors(), f.Tensors())
			assert.Equal(t, fmt.Sprint(whole.Metadata()), fmt.Sprint(f.Metadata()))
			assert.Equal(t, copied(t, whole), copied(t, f), "put together it is the file it was")
			require.NoError(t, f.Close())
		}
	}
	total := int64(0)
	for i, path := range paths {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		f := opened(t, b)
		size := int64(0)
		for _, info := range f.Tensors() {
			size += info.Bytes
		}
		assert.True(t, size <= 3000 || len(f.Tensors()) == 1)
		total += size
		no, err := f.Metadata().Int(keySplitNo)
		require.NoError(t, err)
		assert.Equal(t, int64(i), no)
		if i > 0 {
			assert.Len(t, f.Metadata(), 3)
		}
	}
	want := int64(0)
	for _, info := range whole.Tensors() {
		want += info.Bytes
	}
	assert.Equal(t, want, total)
}

func TestWhatFitsIntoOneFileIsOne(t *testing.T) {
	t.Parallel()
	_, paths := splitFiles(t, 1<<30)
	require.Len(t, paths, 1)
	assert.Equal(t, "m.gguf", filepath.Base(paths[0]))
	paths, err := CreateSplit(filepath.Join(t.TempDir(), "none.gguf"), 1, nil, nil, nil)
	require.NoError(t, err)
	assert.Len(t, paths, 1)
}

func TestAnAlignmentHoldsInAllFilesOfASplit(t *testing.T) {
	t.Parallel()
	tensors := []dtype.Tensor{wave(t, "a", 5), wave(t, "b", 5), wave(t, "c", 5)}
	f := opened(t, written(t, Metadata{{KeyAlignment, Of(uint32(128))}}, tensors, only(ggml.F32)))
	paths, err := CreateSplit(filepath.Join(t.TempDir(), "m"), 40, f.Metadata(), f.Tensors(), f.Content)
	require.NoError(t, err)
	require.Len(t, paths, 2)
	joined, err := Open(paths[1])
	require.NoError(t, err)
	defer func() { assert.NoError(t, joined.Close()) }()
	assert.Equal(t, copied(t, f), copied(t, joined))
}

func TestASplitIsNotWrittenOverAnother(t *testing.T) {
	t.Parallel()
	_, paths := splitFiles(t, 3000)
	f := opened(t, wholeFile(t))
	old, err := os.ReadFile(paths[1])
	require.NoError(t, err)
	_, err = CreateSplit(filepath.Join(filepath.Dir(paths[0]), "m.gguf"), 3000, nil, f.Tensors(), f.Content)
	require.ErrorIs(t, err, fs.ErrExist)
	now, err := os.ReadFile(paths[1])
	require.NoError(t, err)
	assert.Equal(t, old, now)
}

func TestAFailureLeavesNoFirstFileOfASplit(t *testing.T) {
	t.Parallel()
	f := opened(t, wholeFile(t))
	dir := t.TempDir()
	_, err := CreateSplit(filepath.Join(dir, "m.gguf"), 3000, f.Metadata(), f.Tensors(), func(info dtype.Info, w io.Writer) error {
		if info.Name == f.Tensors()[0].Name {
			return errSource
		}
		return f.Content(info, w)
	})
	require.ErrorIs(t, err, errSource)
	first, err := filepath.Glob(filepath.Join(dir, "m-00001-*"))
	require.NoError(t, err)
	assert.Empty(t, first)
}

// splitOf makes file no of count, with one tensor of that name.
func splitOf(no, count uint16, total int32, name string) []byte {
	return le().start(1, 3).key(keySplitNo, U16).bytes(byte(no), byte(no>>8)).key(keySplitCount, U16).bytes(byte(count), byte(count>>8)).
		key(keySplitTensors, I32).u32(uint32(total)).tensor(name, ggml.I8, 0, 3).data(32, 3).b
}

func TestFilesThatDoNotBelongTogetherAreRefused(t *testing.T) {
	t.Parallel()
	const a, b = "m-00001-of-00002.gguf", "m-00002-of-00002.gguf"
	keyed := func(key string, t ValueType, rest ...byte) []byte {
		return le().start(0, 1).key(key, t).bytes(rest...).b
	}
	for name, c := range map[string]struct {
		files  map[string][]byte
		open   string
		kind   error
		detail string
	}{
		"the other is missing":      {map[string][]byte{a: splitOf(0, 2, 2, "x")}, a, fs.ErrNotExist, "one of 2 files, so this one was lost"},
		"the first is missing":      {map[string][]byte{b: splitOf(1, 2, 2, "x")}, b, fs.ErrNotExist, a},
		"the name does not say so":  {map[string][]byte{"m.gguf": splitOf(0, 2, 2, "x")}, "m.gguf", BadSplit, "NAME-00001-of-00002.gguf"},
		"the name says another":     {map[string][]byte{"m-00001-of-00003.gguf": splitOf(0, 2, 2, "x")}, "m-00001-of-00003.gguf", BadSplit, "one of 2 files"},
		"the name says 0":           {map[string][]byte{"m-00000-of-00002.gguf": splitOf(0, 2, 2, "x")}, "m-00000-of-00002.gguf", BadSplit, "file 00000 of 2"},
		"the name says 3 of 2":      {map[string][]byte{"m-00003-of-00002.gguf": splitOf(0, 2, 2, "x")}, "m-00003-of-00002.gguf", BadSplit, "file 00003 of 2"},
		"the same twice":            {map[string][]byte{a: splitOf(0, 2, 2, "x"), b: splitOf(0, 2, 2, "y")}, a, BadSplit, `"m-00002-of-00002.gguf": bad split: key "split.no": it is 0`},
		"a name twice":              {map[string][]byte{a: splitOf(0, 2, 2, "x"), b: splitOf(1, 2, 2, "x")}, a, DuplicateName, `tensor "x"`},
		"another number of files":   {map[string][]byte{a: splitOf(0, 2, 2, "x"), b: splitOf(1, 3, 2, "y")}, a, BadSplit, "it is 3"},
		"another number of tensors": {map[string][]byte{a: splitOf(0, 2, 3, "x"), b: splitOf(1, 2, 3, "y")}, a, BadSplit, "it is 3, but the files have 2 tensors"},
		"a file that is no part":    {map[string][]byte{a: splitOf(0, 2, 2, "x"), b: one(ggml.F32, 4, 1)}, a, BadSplit, "it is 1"},
		"a file that is broken":     {map[string][]byte{a: splitOf(0, 2, 2, "x"), b: []byte("GGUF")}, b, Truncated, b},
		"a broken one before":       {map[string][]byte{a: []byte("GGUF"), b: splitOf(1, 2, 2, "x")}, b, Truncated, a},
		"a count of a text":         {map[string][]byte{a: keyed(keySplitCount, String, 0, 0, 0, 0, 0, 0, 0, 0)}, a, WrongType, keySplitCount},
		"a count of -1":             {map[string][]byte{a: keyed(keySplitCount, I8, 255)}, a, BadSplit, "-1 files"},
		"a count of 2^31":           {map[string][]byte{a: keyed(keySplitCount, U32, 0, 0, 0, 128)}, a, BadSplit, "2147483648 files"},
		"no number":                 {map[string][]byte{a: keyed(keySplitCount, U8, 2), b: splitOf(1, 2, 1, "x")}, a, KeyNotFound, keySplitNo},
	} {
		files := fstest.MapFS{}
		for file, content := range c.files {
			files[file] = &fstest.MapFile{Data: content}
		}
		_, err := OpenFS(files, c.open)
		require.ErrorIs(t, err, c.kind, name)
		assert.ErrorContains(t, err, c.detail, name)
		assert.ErrorContains(t, err, ".gguf", name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
	for _, count := range []byte{0, 1} { // llama-gguf-split --merge leaves a 0
		f, err := OpenFS(fstest.MapFS{"m.gguf": {Data: keyed(keySplitCount, U8, count)}}, "m.gguf")
		require.NoError(t, err)
		assert.Len(t, f.Metadata(), 1)
	}
}
