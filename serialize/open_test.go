package serialize

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// tensorOf makes an F32 tensor of shape [n]: first, first+1, ...
func tensorOf(t testing.TB, name string, first float32, n int) dtype.Tensor {
	t.Helper()
	values := make([]float32, n)
	for i := range values {
		values[i] = first + float32(i)
	}
	tensor, err := dtype.FromFloat32s(name, []int{n}, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

// save writes tensors with [Create].
func save(t testing.TB, path string, to Format, m Metadata, tensors ...dtype.Tensor) {
	t.Helper()
	data := map[string][]byte{}
	var infos []dtype.Info
	for _, x := range tensors {
		data[x.Name] = x.Data
		infos = append(infos, dtype.Info{Name: x.Name, DType: x.DType, Shape: x.Shape})
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, Create(path, to, infos, m, func(info dtype.Info, w io.Writer) error {
		_, err := w.Write(data[info.Name])
		return err
	}))
}

// closeAtEnd closes a file when the test is over.
func closeAtEnd(t testing.TB, f io.Closer) {
	t.Helper()
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
}

func TestEveryFormatIsWrittenAndRecognisedByContentAlone(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		dir := t.TempDir()
		path := filepath.Join(dir, "weights.txt")
		name := "w"
		if format.Format == NPY {
			name = "arr_0" // a .npy has no room for another
		}
		want := tensorOf(t, name, 1, 5)
		save(t, path, format.Format, nil, want)
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		open := map[string]func() (File, error){
			"path":   func() (File, error) { return Open(path) },
			"fs":     func() (File, error) { return OpenFS(os.DirFS(dir), "weights.txt") },
			"reader": func() (File, error) { return NewReader(bytes.NewReader(file), int64(len(file))) },
		}
		for way, open := range open {
			f, err := open()
			require.NoError(t, err, "%s %s", format.Format, way)
			assert.Equal(t, format.Format, f.Format())
			assert.Equal(t, []dtype.Info{{Name: name, DType: dtype.F32, Type: "F32", Shape: []int{5}, Bytes: 20}}, f.Tensors())
			got, err := f.Read(name)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			require.NoError(t, f.View(name, func(data []byte) error { assert.Equal(t, want.Data, bytes.Clone(data)); return nil }))
			for _, get := range []func(string) (dtype.Stored, error){f.Stored, f.Decoded} {
				s, err := get(name)
				require.NoError(t, err)
				require.NoError(t, s.View(4, 12, func(data []byte) error { assert.Equal(t, want.Data[4:12], bytes.Clone(data)); return nil }))
				_, err = get("absent")
				require.Error(t, err)
			}
			_, err = json.Marshal(f.Metadata())
			require.NoError(t, err)
			require.NoError(t, f.Close())
		}
	}
}

func TestWhatIsNoWeightFileIsSaidWithWhatWasLookedFor(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"model.safetensors": "<html>404</html>", "model.pt": "", "model.gguf": "ggjt\x03\x00\x00\x00"} {
		fsys := fstest.MapFS{name: {Data: []byte(content)}}
		_, err := OpenFS(fsys, name)
		var unknown *UnknownFormatError
		require.ErrorAs(t, err, &unknown, name)
		assert.Equal(t, name, unknown.File)
		for _, f := range Formats() {
			assert.ErrorContains(t, err, string(f.Format))
		}
		assert.NotContains(t, err.Error(), "\n")
		_, err = NewReader(strings.NewReader(content), int64(len(content)))
		require.ErrorAs(t, err, &unknown)
	}
	_, err := NewReader(strings.NewReader("\b\t\x12\x04heft"), 8)
	require.ErrorContains(t, err, "a graph of ONNX, which Heft writes but does not read")
}

func TestBrokenFilesHaveTheErrorsOfTheirFormat(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, format := range Formats() {
		path := filepath.Join(dir, string(format.Format))
		save(t, path, format.Format, nil, tensorOf(t, "w", 1, 5))
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, file[:len(file)-20], 0o644))
		_, err = Open(path)
		require.Error(t, err)
		var unknown *UnknownFormatError
		assert.NotErrorAs(t, err, &unknown)
		assert.ErrorContains(t, err, filepath.Base(path))
	}
	_, err := Open(filepath.Join(dir, "absent"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Open(dir)
	require.ErrorContains(t, err, "folder")
}

// TestALengthThatBeginsWithABraceIsNoIndex has headers of 123 and 379 bytes, whose lowest byte is "{", and of 0x7b20, which is a space and a brace.
func TestALengthThatBeginsWithABraceIsNoIndex(t *testing.T) {
	t.Parallel()
	for _, length := range []int{'{', 1<<8 + '{', '{'<<8 + ' '} {
		header := `{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`
		header += strings.Repeat(" ", length-len(header))
		file := append(binary.LittleEndian.AppendUint64(nil, uint64(length)), header+"ab"...)
		f, err := OpenFS(fstest.MapFS{"x": {Data: file}}, "x")
		require.NoError(t, err, length)
		assert.Equal(t, Safetensors, f.Format())
		require.NoError(t, f.Close())
	}
}

// TestALengthThatBeginsAsAnotherFormatIsThatOfSafetensors has a header of 640 bytes, whose length is 80 02, a pickle's start, and one whose length is a zip's.
func TestALengthThatBeginsAsAnotherFormatIsThatOfSafetensors(t *testing.T) {
	t.Parallel()
	for _, begin := range []string{"\x80\x02\x00\x00", "PK\x03\x04"} {
		f, known := recognise([]byte(begin + "\x00\x00\x00\x00" + `{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`))
		require.True(t, known)
		assert.Equal(t, Safetensors, f.Format)
	}
}

func TestAFirstNameOfAnyLengthIsRecognised(t *testing.T) {
	t.Parallel()
	for _, length := range []int{startLength - firstName - len(".npy"), startLength - firstName, 65531} {
		path := filepath.Join(t.TempDir(), "a")
		save(t, path, NPZ, nil, tensorOf(t, strings.Repeat("a", length), 1, 5))
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		f, err := NewReader(bytes.NewReader(file), int64(len(file)))
		require.NoError(t, err, length)
		assert.Equal(t, NPZ, f.Format())
		_, err = NewReader(bytes.NewReader(file[:length]), int64(length))
		require.Error(t, err)
	}
}

// TestAParentIsThatOfWhatALinkLeadsTo has a folder "link" that leads to "real/sub", so that for the system "link/.." is "real".
func TestAParentIsThatOfWhatALinkLeadsTo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	save(t, filepath.Join(dir, "model.safetensors"), Safetensors, nil, tensorOf(t, "wrong", 1, 1))
	save(t, filepath.Join(dir, "real", "model.safetensors"), Safetensors, nil, tensorOf(t, "right", 1, 1))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real", "sub"), 0o755))
	if err := os.Symlink(filepath.Join(dir, "real", "sub"), filepath.Join(dir, "link")); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
	folder := dir + filepath.FromSlash("/link/..")
	f, err := Open(folder + filepath.FromSlash("/model.safetensors"))
	require.NoError(t, err)
	closeAtEnd(t, f)
	assert.Equal(t, "right", f.Tensors()[0].Name)
	for _, path := range []string{folder, folder + string(filepath.Separator)} {
		model, err := OpenFolder(path)
		require.NoError(t, err)
		closeAtEnd(t, model)
		assert.Equal(t, "right", model.Weights.Tensors()[0].Name)
	}
}

func TestFilesOfEveryFormatBeginAsNoOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, format := range Formats() {
		path := filepath.Join(dir, string(format.Format))
		save(t, path, format.Format, nil, tensorOf(t, "w", 1, 5))
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		var fits []Format
		for _, f := range table() {
			if f.is(file[:min(len(file), startLength)]) {
				fits = append(fits, f.Format)
			}
		}
		assert.Equal(t, []Format{format.Format}, fits)
	}
}

// TestAFileLargerThanMemoryOpens has 64 GiB of holes.
func TestAFileLargerThanMemoryOpens(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("files with holes are made in another way here")
	}
	path := filepath.Join(t.TempDir(), "large")
	header := `{"w":{"dtype":"U8","shape":[68719476736],"data_offsets":[0,68719476736]}}       `
	require.NoError(t, os.WriteFile(path, append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...), 0o644))
	if err := os.Truncate(path, int64(8+len(header))+1<<36); err != nil {
		t.Skipf("the file system has no such files: %v", err)
	}
	f, err := Open(path)
	require.NoError(t, err)
	closeAtEnd(t, f)
	s, err := f.Stored("w")
	require.NoError(t, err)
	require.NoError(t, s.View(1<<36-5, 1<<36, func(data []byte) error { assert.Equal(t, make([]byte, 5), bytes.Clone(data)); return nil }))
}

// TestAFileCutShortWhileItIsReadIsAnErrorInEveryFormat has another process cut it; of a model in many files, one of them.
func TestAFileCutShortWhileItIsReadIsAnErrorInEveryFormat(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody cut a file that is mapped")
	}
	const name, n = "arr_0", 1 << 16 // the name that a .npy has
	dir := t.TempDir()
	for _, format := range Formats() {
		path := filepath.Join(dir, string(format.Format))
		save(t, path, format.Format, nil, tensorOf(t, name, 0, n))
		opened := map[string]string{path: path}
		if format.Format != NPY {
			opened[path+".index"] = path
			writeText(t, path+".index", `{"weight_map": {"`+name+`": "`+filepath.Base(path)+`"}}`)
		}
		for open, cut := range opened {
			whole, err := os.ReadFile(cut)
			require.NoError(t, err)
			f, err := Open(open)
			require.NoError(t, err, open)
			require.NoError(t, os.Truncate(cut, int64(len(whole)/2)))
			_, err = f.Read(name)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, open)
			assert.ErrorContains(t, err, filepath.Base(cut))
			require.ErrorIs(t, f.View(name, func(data []byte) error { assert.NotEmpty(t, bytes.Clone(data)); return nil }), io.ErrUnexpectedEOF, open)
			require.ErrorIs(t, Content(f)(f.Tensors()[0], io.Discard), io.ErrUnexpectedEOF, open)
			require.NoError(t, f.Close())
			require.NoError(t, os.WriteFile(cut, whole, 0o644))
		}
	}
}

// TestTensorsWithoutNumbersAreShownAndNotRead has a dtype that is none of the specification's.
func TestTensorsWithoutNumbersAreShownAndNotRead(t *testing.T) {
	t.Parallel()
	header := `{"w":{"dtype":"X9","shape":[2],"data_offsets":[0,2]}}`
	file := append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header+"ab"...)
	f, err := NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	closeAtEnd(t, f)
	assert.Equal(t, []dtype.Info{{Name: "w", Type: "X9", Shape: []int{2}, Bytes: 2}}, f.Tensors())
	require.NoError(t, f.View("w", func(data []byte) error { assert.Equal(t, "ab", string(data)); return nil }))
	_, err = f.Decoded("w")
	require.ErrorContains(t, err, `"X9"`)
	_, err = f.Read("w")
	require.Error(t, err)
}
