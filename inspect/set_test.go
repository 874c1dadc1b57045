package inspect

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

// shardsOf writes two tensors as two files, of which the paths are returned; the index comes last.
func shardsOf(t *testing.T, base string, to serialize.Format, m serialize.Metadata) []string {
	t.Helper()
	byName := map[string]dtype.Tensor{"a": f32(t, "a", 4), "b": f32(t, "b", 4)}
	infos := []dtype.Info{byName["a"].Stored().Info, byName["b"].Stored().Info}
	paths, err := serialize.CreateShards(filepath.Join(t.TempDir(), base), to, 16, infos, m, func(info dtype.Info, w io.Writer) error {
		_, err := w.Write(byName[info.Name].Data)
		return err
	})
	require.NoError(t, err)
	return paths
}

func TestAnyOfManyFilesOpensAll(t *testing.T) {
	t.Parallel()
	for base, c := range map[string]struct {
		to serialize.Format
		m  serialize.Metadata
	}{
		"model.safetensors": {serialize.Safetensors, nil}, "pytorch_model.bin": {serialize.PyTorch, nil},
		"m.gguf": {serialize.GGUF, serialize.Metadata{{Key: "general.architecture", Value: "x"}}},
	} {
		paths := shardsOf(t, base, c.to, c.m)
		for _, path := range append(paths, filepath.Dir(paths[0])) {
			s, err := OpenSet(path)
			require.NoError(t, err, path)
			assert.Len(t, s.Tensors(), 2)
			assert.True(t, s.Many())
			assert.Equal(t, base[:len(base)-len(filepath.Ext(base))], s.Stem())
			assert.Equal(t, paths[:2], s.Files(), path)
			require.NoError(t, s.Close())
			file := path != filepath.Dir(paths[0])
			assert.Equal(t, file, OneOfMany(path), path)
			if link := filepath.Join(t.TempDir(), "link"); os.Symlink(path, link) == nil {
				assert.Equal(t, file, OneOfMany(link), link)
			}
		}
		lost := strings.Replace(paths[1], "-of-00002", "-of-00003", 1)
		_, err := OpenSet(lost)
		require.ErrorIs(t, err, fs.ErrNotExist, "others are beside it, but it is not there")
		assert.False(t, OneOfMany(filepath.Join(t.TempDir(), filepath.Base(paths[0]))), "it is alone")
	}
}

func TestAnIndexIsToldByItsContent(t *testing.T) {
	t.Parallel()
	paths := shardsOf(t, "model.safetensors", serialize.Safetensors, nil)
	index := filepath.Join(filepath.Dir(paths[0]), "weights.index")
	require.NoError(t, os.Rename(paths[2], index))
	assert.Equal(t, paths[:2], opened(t, index).Files())
	assert.Empty(t, verified(t, index).Findings)

	file := filepath.Join(t.TempDir(), "weights.json")
	require.NoError(t, os.Rename(save(t, nil, f32(t, "x", 1)), file))
	assert.Equal(t, []string{file}, opened(t, file).Files())
	assert.Empty(t, verified(t, file).Findings)
}

func TestGGUFsAreToldWhateverTheCaseOfTheirEnding(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m-00001-of-00002.GGUF")
	require.NoError(t, os.Rename(saveAs(t, serialize.GGUF, nil, f32(t, "x", 1)), path))
	_, err := OpenSet(path)
	require.ErrorContains(t, err, "a model in one file", "and no index is looked for")
}

func TestOneFileIsNoSet(t *testing.T) {
	t.Parallel()
	path := save(t, nil, f32(t, "x", 1))
	_, err := OpenSet(path)
	require.ErrorContains(t, err, "a model in one file")
	assert.Equal(t, []string{path}, opened(t, path).Files())

	alone := filepath.Join(t.TempDir(), "model-00001-of-00002.safetensors")
	require.NoError(t, os.Rename(path, alone))
	_, err = OpenSet(alone)
	require.ErrorContains(t, err, "their index is not beside it")
	s := opened(t, alone)
	assert.False(t, s.Many(), "by its content it is whole")
	assert.Equal(t, "model-00001-of-00002", s.Stem())
}
