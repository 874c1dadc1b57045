package serialize

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
)

// sharded writes F32 vectors of 10, 2, 6, 1, 6 and 3 elements as files of at most limit bytes.
func sharded(t testing.TB, path string, to Format, limit int64, m Metadata) []string {
	t.Helper()
	data := map[string][]byte{}
	var infos []dtype.Info
	for i, name := range []string{"embed", "é.bias", "h.0.w", "h.0.b", "h.1.w", "head"} {
		x := tensorOf(t, name, float32(i), []int{10, 2, 6, 1, 6, 3}[i])
		data[name] = x.Data
		infos = append(infos, dtype.Info{Name: name, DType: dtype.F32, Shape: x.Shape})
	}
	paths, err := CreateShards(path, to, limit, infos, m, func(info dtype.Info, w io.Writer) error {
		_, err := w.Write(data[info.Name])
		return err
	})
	require.NoError(t, err)
	return paths
}

func namesIn(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestShardsAndTheirIndexAreThoseOfTransformers(t *testing.T) {
	t.Parallel()
	for base, to := range map[string]Format{"model.safetensors": Safetensors, "pytorch_model.bin": PyTorch} {
		dir := t.TempDir()
		stem, ending := strings.TrimSuffix(base, filepath.Ext(base)), filepath.Ext(base)
		paths := sharded(t, filepath.Join(dir, base), to, 36, nil)
		var shards []string
		for _, n := range []string{"1", "2", "3"} {
			shards = append(shards, stem+"-0000"+n+"-of-00003"+ending)
		}
		assert.ElementsMatch(t, append(shards, base+".index.json"), namesIn(t, dir))
		require.Len(t, paths, 4)
		assert.Equal(t, filepath.Join(dir, base+".index.json"), paths[3])
		text, err := os.ReadFile(paths[3])
		require.NoError(t, err)
		assert.Equal(t, strings.NewReplacer("1.st", shards[0], "2.st", shards[1], "3.st", shards[2]).Replace(`{
  "metadata": {
    "total_size": 112
  },
  "weight_map": {
    "embed": "1.st",
    "h.0.b": "2.st",
    "h.0.w": "2.st",
    "h.1.w": "3.st",
    "head": "3.st",
    "\u00e9.bias": "2.st"
  }
}
`), string(text))
	}
}

func TestShardsOpenAsOne(t *testing.T) {
	t.Parallel()
	for base, to := range map[string]Format{"model.safetensors": Safetensors, "x.pt": PyTorch, "m.gguf": GGUF} {
		for _, limit := range []int64{1, 8, 36, 111, 112} {
			var m Metadata
			if to == GGUF {
				m = Metadata{{"general.architecture", "x"}}
			}
			path := filepath.Join(t.TempDir(), base)
			paths := sharded(t, path, to, limit, m)
			if limit == 112 {
				assert.Equal(t, []string{path}, paths, "it fits into one")
			}
			f, err := Open(paths[len(paths)-1])
			require.NoError(t, err, "%s of %d", base, limit)
			assert.Len(t, f.Tensors(), 6)
			got, err := f.Read("head")
			require.NoError(t, err)
			assert.Equal(t, tensorOf(t, "head", 5, 3), got)
			require.NoError(t, f.Close())
		}
	}
}

func TestNamesInAnIndexAreASCII(t *testing.T) {
	t.Parallel()
	x := indexWriter{}
	x.add("a", []dtype.Info{{Name: "\x7f\u2028é\U0001f600\"<\\\n"}})
	assert.Contains(t, string(x.text()), `"\u007f\u2028\u00e9\ud83d\ude00\"<\\\n": "a"`)
}

func TestFormatsWithoutAnIndexAreNotDivided(t *testing.T) {
	t.Parallel()
	for _, to := range []Format{NPZ, NPY} {
		_, err := CreateShards(filepath.Join(t.TempDir(), "x"), to, 1, nil, nil, nil)
		assert.ErrorContains(t, err, "use safetensors, GGUF or PyTorch")
	}
}

func TestANameInTwoFilesIsRefusedBeforeAnyIsWritten(t *testing.T) {
	t.Parallel()
	infos := []dtype.Info{{Name: "a", DType: dtype.I8, Shape: []int{1}}, {Name: "b", DType: dtype.I8, Shape: []int{1}}, {Name: "a", DType: dtype.I8, Shape: []int{1}}}
	for _, to := range []Format{Safetensors, PyTorch, GGUF} {
		dir := t.TempDir()
		_, err := CreateShards(filepath.Join(dir, "model"), to, 1, infos, nil, func(_ dtype.Info, w io.Writer) error {
			_, err := w.Write([]byte{1})
			return err
		})
		require.ErrorContains(t, err, `"a": two tensors have this name`, to)
		assert.Empty(t, namesIn(t, dir))
	}
}

func TestAFileNeverStandsBesideTheIndexOfItsName(t *testing.T) {
	t.Parallel()
	infos := []dtype.Info{{Name: "a", DType: dtype.F32, Shape: []int{1}}, {Name: "b", DType: dtype.F32, Shape: []int{1}}}
	for there, limits := range map[string][]int64{"model.safetensors.index.json": {1, 8}, "model.safetensors": {1}} { // of which 8 makes one file
		for _, limit := range limits {
			dir := t.TempDir()
			writeText(t, filepath.Join(dir, there), "mine")
			_, err := CreateShards(filepath.Join(dir, "model.safetensors"), Safetensors, limit, infos, nil, nil)
			require.ErrorIs(t, err, fs.ErrExist)
			assert.ErrorContains(t, err, "choose another folder")
			assert.Equal(t, []string{there}, namesIn(t, dir))
		}
	}
}

func TestAFailureWhileShardsAreWrittenLeavesNoIndex(t *testing.T) {
	t.Parallel()
	for at := range 3 {
		dir := t.TempDir()
		path := filepath.Join(dir, "model.safetensors")
		infos := []dtype.Info{{Name: "a", DType: dtype.U8, Shape: []int{1}}, {Name: "b", DType: dtype.U8, Shape: []int{1}}, {Name: "c", DType: dtype.U8, Shape: []int{1}}}
		n := 0
		_, err := CreateShards(path, Safetensors, 1, infos, nil, func(_ dtype.Info, w io.Writer) error {
			if n++; n > at {
				return io.ErrClosedPipe
			}
			_, err := w.Write([]byte{1})
			return err
		})
		require.ErrorIs(t, err, io.ErrClosedPipe)
		assert.NoFileExists(t, path+IndexEnding)
		assert.Len(t, namesIn(t, dir), at, "what stands there is whole")
		sharded(t, path, Safetensors, 36, nil)
	}
}
