package safetensors

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

// model has tensors of 40, 8, 24, 4, 24 and 12 bytes, in this order.
func model(t testing.TB) []dtype.Tensor {
	return []dtype.Tensor{
		float32s(t, "embed", 10), float32s(t, "é.bias", 2), float32s(t, "h.0.w", 2, 3), float32s(t, "h.0.b"), float32s(t, "h.1.w", 2, 3), float32s(t, "head", 3),
	}
}

// shard writes a model in files of at most limit bytes.
func shard(dir string, limit int64, tensors []dtype.Tensor, opts ...Option) error {
	byName := map[string]dtype.Tensor{}
	var infos []dtype.Info
	for _, t := range tensors {
		byName[t.Name] = t
		infos = append(infos, t.Stored().Info)
	}
	return CreateSharded(dir, limit, infos, func(info dtype.Info, w io.Writer) error {
		return byName[info.Name].WriteAs(w, info.DType, dtype.Refuse)
	}, opts...)
}

func TestShardsAreThoseOfTransformers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, shard(dir, 36, model(t)))
	requireNames(t, dir, "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors", IndexFile)
	text, err := os.ReadFile(filepath.Join(dir, IndexFile))
	require.NoError(t, err)
	assert.Equal(t, `{
  "metadata": {
    "total_size": 112
  },
  "weight_map": {
    "embed": "model-00001-of-00003.safetensors",
    "h.0.b": "model-00002-of-00003.safetensors",
    "h.0.w": "model-00002-of-00003.safetensors",
    "h.1.w": "model-00003-of-00003.safetensors",
    "head": "model-00003-of-00003.safetensors",
    "\u00e9.bias": "model-00002-of-00003.safetensors"
  }
}
`, string(text))
	tensors, metadata, err := Load(filepath.Join(dir, "model-00002-of-00003.safetensors"))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"format": "pt"}, metadata)
	assert.Len(t, tensors, 3)
}

func TestShardsOpenAsOneFile(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1, 8, 36, 111} {
		dir := t.TempDir()
		require.NoError(t, shard(dir, limit, model(t), Metadata(map[string]string{"z": "1"})))
		f, err := OpenIndex(filepath.Join(dir, IndexFile))
		require.NoError(t, err, limit)
		assert.Equal(t, map[string]string{"format": "pt", "z": "1"}, f.Metadata())
		assert.Len(t, f.Tensors(), 6)
		for _, want := range model(t) {
			got, err := f.Read(want.Name)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
		n := 0
		for tensor, err := range f.All() {
			require.NoError(t, err)
			require.NoError(t, tensor.Check())
			n++
		}
		assert.Equal(t, 6, n)
		single := filepath.Join(dir, "single")
		require.NoError(t, Create(single, f.Tensors(), f.Content))
		whole, err := os.ReadFile(single)
		require.NoError(t, err)
		assert.Equal(t, writeAll(t, model(t), AsIs), whole, "shards joined are the file that was never divided")
		require.NoError(t, f.Close())
		_, err = f.Read("head")
		require.ErrorIs(t, err, fs.ErrClosed)
	}
}

func TestAModelThatFitsIsOneFileWithoutIndex(t *testing.T) {
	t.Parallel()
	for _, tensors := range [][]dtype.Tensor{nil, model(t)} {
		dir := t.TempDir()
		require.NoError(t, shard(dir, 112, tensors))
		requireNames(t, dir, SingleFile)
		b, err := os.ReadFile(filepath.Join(dir, SingleFile))
		require.NoError(t, err)
		assert.Equal(t, writeAll(t, tensors, AsIs), b)
	}
}

func TestAFolderWithAnIndexIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, shard(dir, 50, model(t)))
	before, err := os.ReadDir(dir)
	require.NoError(t, err)
	err = shard(dir, 1, model(t))
	require.ErrorIs(t, err, fs.ErrExist)
	assert.ErrorContains(t, err, "choose another folder")
	after, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, after, len(before))
}

func TestAFailureWhileShardsAreWrittenLeavesNoIndex(t *testing.T) {
	t.Parallel()
	for at := range 6 {
		dir := t.TempDir()
		tensors := model(t)
		var infos []dtype.Info
		for _, tensor := range tensors {
			infos = append(infos, tensor.Stored().Info)
		}
		n := 0
		content := func(info dtype.Info, w io.Writer) error {
			if n++; n > at {
				return io.ErrClosedPipe
			}
			_, err := w.Write(make([]byte, info.Bytes))
			return err
		}
		require.ErrorIs(t, CreateSharded(dir, 36, infos, content), io.ErrClosedPipe)
		_, err := os.Stat(filepath.Join(dir, IndexFile))
		require.ErrorIs(t, err, fs.ErrNotExist)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries { // what stands there is whole
			_, _, err := Load(filepath.Join(dir, e.Name()))
			require.NoError(t, err)
		}
		require.NoError(t, shard(dir, 36, tensors), "and the next attempt succeeds")
	}
}

// indexWith writes shards a (tensors x and y, 8 bytes) and b (tensor z, 4 bytes), and this index beside them.
func indexWith(t *testing.T, index string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, Save(filepath.Join(dir, "a"), []dtype.Tensor{float32s(t, "x"), float32s(t, "y")}, AsIs))
	require.NoError(t, Save(filepath.Join(dir, "b"), []dtype.Tensor{float32s(t, "z")}, AsIs))
	path := filepath.Join(dir, IndexFile)
	require.NoError(t, os.WriteFile(path, []byte(index), 0o644))
	return path
}

func TestIndexesThatLieAreRefused(t *testing.T) {
	t.Parallel()
	const good = `"x":"a","y":"a","z":"b"`
	for name, c := range map[string]struct {
		index  string
		kind   error
		detail string
	}{
		"not UTF-8":             {"{\"\xff\":0}", InvalidIndex, "byte 2"},
		"empty":                 {"", InvalidIndex, "expected '{'"},
		"an array":              {"[]", InvalidIndex, "expected '{'"},
		"trailing":              {`{"weight_map":{` + good + `}}x`, InvalidIndex, "trailing"},
		"no weight_map":         {`{"metadata":{}}`, InvalidIndex, `"weight_map" is missing`},
		"weight_map null":       {`{"weight_map":null}`, InvalidIndex, "expected '{'"},
		"weight_map twice":      {`{"weight_map":{},"weight_map":{}}`, DuplicateName, "comes twice"},
		"tensor twice":          {`{"weight_map":{"x":"a","x":"a"}}`, DuplicateName, `"x"`},
		"a number for a file":   {`{"weight_map":{"x":1}}`, InvalidIndex, "name of a file"},
		"total_size is text":    {`{"metadata":{"total_size":"12"},"weight_map":{` + good + `}}`, InvalidIndex, "digit"},
		"negative total_size":   {`{"metadata":{"total_size":-12},"weight_map":{` + good + `}}`, InvalidIndex, "number of bytes"},
		"huge total_size":       {`{"metadata":{"total_size":1e999},"weight_map":{` + good + `}}`, InvalidIndex, "number of bytes"},
		"wrong total_size":      {`{"metadata":{"total_size":13},"weight_map":{` + good + `}}`, InvalidShard, "have 12 bytes, but total_size of the index is 13"},
		"parent folder":         {`{"weight_map":{"x":"../a"}}`, InvalidIndex, "not the name of a file"},
		"dots":                  {`{"weight_map":{"x":".."}}`, InvalidIndex, "not the name of a file"},
		"dot":                   {`{"weight_map":{"x":"."}}`, InvalidIndex, "not the name of a file"},
		"no name":               {`{"weight_map":{"x":""}}`, InvalidIndex, "not the name of a file"},
		"absolute":              {`{"weight_map":{"x":"/etc/passwd"}}`, InvalidIndex, "not the name of a file"},
		"other folder":          {`{"weight_map":{"x":"d/a"}}`, InvalidIndex, "not the name of a file"},
		"Windows folder":        {`{"weight_map":{"x":"d\\a"}}`, InvalidIndex, "not the name of a file"},
		"Windows drive":         {`{"weight_map":{"x":"c:a"}}`, InvalidIndex, "not the name of a file"},
		"NUL":                   {`{"weight_map":{"x":"a\u0000"}}`, InvalidIndex, "not the name of a file"},
		"missing file":          {`{"weight_map":{` + good + `,"w":"c\n"}}`, fs.ErrNotExist, `c\n": open: `},
		"tensor not in shard":   {`{"weight_map":{` + good + `,"w":"b"}}`, InvalidShard, `"w": "b" does not have it`},
		"tensor not in index":   {`{"weight_map":{"x":"a","z":"b"}}`, InvalidShard, `"y": "a" has it, but the index does not`},
		"tensor in other shard": {`{"weight_map":{"x":"a","y":"b","z":"b"}}`, InvalidShard, `"y": "a" has it, but the index says "b"`},
		"a shard that is none":  {`{"weight_map":{"x":"` + IndexFile + `"}}`, HeaderTooLarge, "is it a safetensors file?"},
		"deep":                  {`{"q":` + strings.Repeat("[", 100_000), InvalidIndex, "nested deeper"},
	} {
		path := indexWith(t, c.index)
		_, err := OpenIndex(path)
		require.ErrorIs(t, err, c.kind, "%s: %v", name, err)
		assert.ErrorContains(t, err, c.detail, name)
		assert.ErrorContains(t, err, filepath.Dir(path), name)
		assert.NotContains(t, err.Error(), "\n", name)
		assert.Less(t, len(err.Error()), 700, name)
	}
	for _, fine := range []string{
		`{"weight_map":{` + good + `}}`,
		`{"metadata":null,"weight_map":{` + good + `}}`,
		`{"metadata":{"total_size":12,"total_parameters":"3","q":[]},"weight_map":{` + good + `},"dtype":{"a":null}}`,
		` {"metadata":{"total_size":12.0},"weight_map":{` + good + "}}\n",
	} {
		f, err := OpenIndex(indexWith(t, fine))
		require.NoError(t, err, fine)
		assert.Len(t, f.Tensors(), 3)
		require.NoError(t, f.Close())
	}
}

func TestATensorInTwoShardsIsRefused(t *testing.T) {
	t.Parallel()
	path := indexWith(t, `{"weight_map":{"x":"a","y":"a","z":"b"}}`)
	require.NoError(t, Save(filepath.Join(filepath.Dir(path), "b"), []dtype.Tensor{float32s(t, "x"), float32s(t, "z")}, AsIs))
	_, err := OpenIndex(path)
	require.ErrorIs(t, err, InvalidShard)
	assert.ErrorContains(t, err, `"x": "b" has it, but the index says "a"`)
}

func FuzzIndex(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"weight_map":{}}`, `{"metadata":{"total_size":12},"weight_map":{"x":"a","y":"a","z":"b"}}`, `{"metadata":null,"weight_map":{"x":"..\\a"}}`,
		`{"metadata":{"total_size":1e3},"weight_map":{"\u00e9":"a"}}`, `{"weight_map":{"x":1}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		x, err := parseIndex(text)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		for _, file := range x.files {
			require.NotContains(t, []string{"", ".", ".."}, file)
			require.False(t, strings.ContainsAny(file, "/\\"), "%q", file)
		}
	})
}
