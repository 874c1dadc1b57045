package serialize

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/gguf"
)

// shards writes a model in two files and their index.
func shards(t testing.TB, dir string, format Format, index, first, second string) {
	t.Helper()
	save(t, filepath.Join(dir, first), format, nil, tensorOf(t, "a", 0, 3), tensorOf(t, "b", 10, 2))
	save(t, filepath.Join(dir, second), format, nil, tensorOf(t, "c", 20, 4))
	writeText(t, filepath.Join(dir, index), fmt.Sprintf(`{"metadata": {"total_size": 36}, "weight_map": {"a": %q, "b": %q, "c": %q}}`, first, first, second))
}

func writeText(t testing.TB, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func TestAnIndexOpensItsFilesAsOne(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{Safetensors, PyTorch, NPZ} {
		dir := t.TempDir()
		shards(t, dir, format, "index", "1", "2")
		for _, open := range []func() (File, error){
			func() (File, error) { return Open(filepath.Join(dir, "index")) },
			func() (File, error) { return OpenFS(os.DirFS(dir), "index") },
		} {
			f, err := open()
			require.NoError(t, err)
			assert.Equal(t, format, f.Format())
			var names []string
			for _, info := range f.Tensors() {
				names = append(names, info.Name)
			}
			assert.Equal(t, []string{"a", "b", "c"}, names)
			for _, want := range []dtype.Tensor{tensorOf(t, "a", 0, 3), tensorOf(t, "c", 20, 4)} {
				got, err := f.Read(want.Name)
				require.NoError(t, err)
				assert.Equal(t, want, got)
				require.NoError(t, f.View(want.Name, func(data []byte) error { assert.Equal(t, want.Data, bytes.Clone(data)); return nil }))
			}
			_, err = f.Read("absent")
			require.ErrorContains(t, err, "absent")
			copied := filepath.Join(t.TempDir(), "x")
			require.NoError(t, Create(copied, Safetensors, f.Tensors(), nil, Content(f)))
			require.NoError(t, f.Close())
		}
	}
}

// TestShardsOfTransformersOpenAsOneFile has files of one tensor each, of several, and of all but one.
func TestShardsOfTransformersOpenAsOneFile(t *testing.T) {
	t.Parallel()
	data := map[string]dtype.Tensor{}
	var infos []dtype.Info
	for i, n := range []int{10, 2, 6, 1, 6, 3} {
		x := tensorOf(t, fmt.Sprintf("é.%d", i), float32(i), n)
		data[x.Name] = x
		infos = append(infos, x.Stored().Info)
	}
	content := func(info dtype.Info, w io.Writer) error { _, err := w.Write(data[info.Name].Data); return err }
	whole := filepath.Join(t.TempDir(), "whole")
	require.NoError(t, Create(whole, Safetensors, infos, nil, content))
	want, err := os.ReadFile(whole)
	require.NoError(t, err)
	for _, limit := range []int64{1, 8, 36, 111} {
		dir := t.TempDir()
		paths, err := CreateShards(filepath.Join(dir, "model.safetensors"), Safetensors, limit, infos, Metadata{{"z", "1"}}, content)
		require.NoError(t, err)
		f, err := Open(paths[len(paths)-1])
		require.NoError(t, err, limit)
		assert.Equal(t, Metadata{{"format", "pt"}, {"z", "1"}}, f.Metadata())
		assert.Len(t, f.Tensors(), len(infos))
		joined := filepath.Join(dir, "joined")
		require.NoError(t, Create(joined, Safetensors, f.Tensors(), nil, Content(f)))
		got, err := os.ReadFile(joined)
		require.NoError(t, err)
		assert.Equal(t, want, got, "shards joined are the file that was never divided")
		require.NoError(t, f.Close())
		_, err = f.Read(infos[0].Name)
		require.ErrorIs(t, err, fs.ErrClosed)
	}
}

func TestWhatAnIndexMustNotSayIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shards(t, dir, Safetensors, "index", "1", "2")
	writeText(t, filepath.Join(dir, "text"), "text")
	for want, text := range map[string]string{
		"not the JSON of an index":              `{"weight_map": {"a": "1"`,
		`no "weight_map"`:                       `{"model_type": "gpt2"}`,
		"is no object":                          `{"weight_map": ["a"]}`,
		"the name of a file is expected":        `{"weight_map": {"a": 1}}`,
		`the name "a" comes twice`:              `{"weight_map": {"a": "1", "a": "2"}}`,
		`the name "weight_map" comes twice`:     `{"weight_map": {"a": "1"}, "weight_map": {}}`,
		"after top-level value":                 `{"weight_map": {"a": "1", "b": "1", "c": "2"}}x`,
		`"weight_map" is no object`:             `{"weight_map": null}`,
		`"metadata" is none`:                    `{"metadata": {"total_size": "36"}, "weight_map": {}}`,
		"is not a number of bytes":              `{"metadata": {"total_size": -36}, "weight_map": {}}`,
		"1e999":                                 `{"metadata": {"total_size": 1e999}, "weight_map": {}}`,
		"exceeded max depth":                    `{"q":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`,
		`".." is not the name`:                  `{"weight_map": {"a": ".."}}`,
		`"." is not the name`:                   `{"weight_map": {"a": "."}}`,
		`"s\\1" is not the name`:                `{"weight_map": {"a": "s\\1"}}`,
		`"1\x00" is not the name`:               `{"weight_map": {"a": "1\u0000"}}`,
		`"../1" is not the name`:                `{"weight_map": {"a": "../1"}}`,
		`"/etc/passwd" is not the name`:         `{"weight_map": {"a": "/etc/passwd"}}`,
		`"sub/1" is not the name`:               `{"weight_map": {"a": "sub/1"}}`,
		`"C:\\1" is not the name`:               `{"weight_map": {"a": "C:\\1"}}`,
		`"" is not the name`:                    `{"weight_map": {"a": ""}}`,
		`"3", which was lost`:                   `{"weight_map": {"a": "1", "b": "1", "c": "3"}}`,
		`tensor "b": "1" has it, but the index`: `{"weight_map": {"a": "1", "c": "2"}}`,
		`"1" has it, but the index says "2"`:    `{"weight_map": {"a": "1", "b": "2", "c": "2"}}`,
		`"2" does not have it`:                  `{"weight_map": {"a": "1", "b": "1", "c": "2", "d": "2"}}`,
		"have 36 bytes, but total_size is 37":   `{"metadata": {"total_size": 37}, "weight_map": {"a": "1", "b": "1", "c": "2"}}`,
		"looked for":                            `{"weight_map": {"a": "text"}}`,
		"is not UTF-8":                          "{\"weight_map\": {\"\xff\": \"1\"}}",
		`index": no weight file`:                `{"weight_map": {"a": "index"}}`,
	} {
		writeText(t, filepath.Join(dir, "index"), text)
		_, err := Open(filepath.Join(dir, "index"))
		require.ErrorContains(t, err, want, text)
		assert.NotContains(t, err.Error(), "\n")
	}
	for _, fine := range []string{
		`{"metadata": null, "weight_map": {"a": "1", "b": "1", "c": "2"}}`,
		`{"metadata": {"total_size": 36.0, "total_parameters": "9", "q": []}, "weight_map": {"a": "1", "b": "1", "c": "2"}, "dtype": {"a": null}}`,
	} {
		writeText(t, filepath.Join(dir, "index"), fine)
		f, err := Open(filepath.Join(dir, "index"))
		require.NoError(t, err, fine)
		assert.Len(t, f.Tensors(), 3)
		require.NoError(t, f.Close())
	}
	_, err := NewReader(strings.NewReader(`{"weight_map": {}}`), 18)
	require.ErrorContains(t, err, "an index names other files")
	var index *IndexError
	require.ErrorAs(t, err, &index)
}

func TestPartsOfAGGUFOpenAsOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tensors := map[string]dtype.Tensor{"a": tensorOf(t, "a", 0, 32), "b": tensorOf(t, "b", 32, 32)}
	var infos []dtype.Info
	for _, name := range []string{"a", "b"} {
		infos = append(infos, dtype.Info{Name: name, DType: dtype.F32, Shape: []int{32}})
	}
	source := filepath.Join(dir, "source")
	save(t, source, Safetensors, nil, tensors["a"], tensors["b"])
	f, err := Open(source)
	require.NoError(t, err)
	m := gguf.Metadata{{Key: gguf.KeyArchitecture, Value: gguf.Of("x")}}
	split := filepath.Join(dir, "split")
	require.NoError(t, os.Mkdir(split, 0o755))
	paths, err := gguf.CreateSplit(filepath.Join(split, "m.gguf"), 128, m, infos, Content(f))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Len(t, paths, 2)
	for _, path := range paths {
		f, err := Open(path)
		require.NoError(t, err)
		assert.Len(t, f.Tensors(), 2)
		require.NoError(t, f.Close())
	}
	folder, err := OpenFolder(split)
	require.NoError(t, err)
	assert.Len(t, folder.Weights.Tensors(), 2)
	require.NoError(t, folder.Close())
	save(t, filepath.Join(split, "other.gguf"), GGUF, Metadata{{gguf.KeyArchitecture, "x"}}, tensors["a"])
	_, err = OpenFolder(split)
	require.ErrorContains(t, err, "several models")
}

func TestFoldersAreOpenedInTransformersOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, tokenizer := `{"model_type": "gpt2"}`, `{"version": "1.0"}`
	_, err := OpenFolder(dir)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "model.safetensors.index.json")
	for i, step := range []func(){
		func() {
			save(t, filepath.Join(dir, "x.gguf"), GGUF, Metadata{{gguf.KeyArchitecture, "x"}}, tensorOf(t, "a", 0, 1))
		},
		func() { shards(t, dir, PyTorch, "pytorch_model.bin.index.json", "p1", "p2") },
		func() { save(t, filepath.Join(dir, "pytorch_model.bin"), PyTorch, nil, tensorOf(t, "a", 0, 2)) },
		func() { shards(t, dir, Safetensors, "model.safetensors.index.json", "s1", "s2") },
		func() { save(t, filepath.Join(dir, "model.safetensors"), Safetensors, nil, tensorOf(t, "a", 0, 4)) },
	} {
		step()
		f, err := OpenFolder(dir)
		require.NoError(t, err)
		assert.Nil(t, f.Config)
		want := []string{"x.gguf", "pytorch_model.bin.index.json", "pytorch_model.bin", "model.safetensors.index.json", "model.safetensors"}[i]
		assert.Equal(t, want, f.WeightsFile)
		require.NoError(t, f.Close())
	}
	writeText(t, filepath.Join(dir, "config.json"), config)
	writeText(t, filepath.Join(dir, "tokenizer.json"), tokenizer)
	f, err := OpenFolder(dir)
	require.NoError(t, err)
	assert.Equal(t, config, string(f.Config))
	assert.Equal(t, tokenizer, string(f.Tokenizer))
	assert.Nil(t, f.GenerationConfig)
	require.NoError(t, f.Close())
}

func FuzzOpenIndex(f *testing.F) {
	dir := f.TempDir()
	shards(f, dir, Safetensors, "index", "1", "2")
	files := fstest.MapFS{}
	for _, name := range []string{"1", "2"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(f, err)
		files[name] = &fstest.MapFile{Data: data}
	}
	f.Add([]byte(`{"metadata": {"total_size": 36}, "weight_map": {"a": "1", "b": "1", "c": "2"}}`))
	f.Add([]byte(`{"weight_map": {}}`))
	f.Add([]byte(`{"metadata": null, "weight_map": {"\u00e9": "..\a"}, "q": [{}]}`))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := fstest.MapFS{"1": files["1"], "2": files["2"], "index": {Data: text}}
		file, err := OpenFS(fsys, "index")
		if err != nil {
			return
		}
		for _, info := range file.Tensors() {
			_, _ = file.Read(info.Name)
		}
		require.NoError(t, file.Close())
	})
}
