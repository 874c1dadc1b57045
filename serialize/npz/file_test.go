package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// float32s makes an F32 tensor of 0, 1, 2, ...
func float32s(t testing.TB, name string, shape ...int) dtype.Tensor {
	t.Helper()
	n := dtype.Tensor{Shape: shape}.NumElements()
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i)
	}
	tensor, err := dtype.FromFloat32s(name, append([]int{}, shape...), values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

// samples has a tensor of every dtype that NumPy knows, and the shapes that are special.
func samples(t testing.TB) []dtype.Tensor {
	t.Helper()
	all := []dtype.Tensor{float32s(t, "scalar"), float32s(t, "empty", 0, 3), float32s(t, "deep/ünïcode 名", 2, 3, 4), float32s(t, "", 1)}
	for _, dt := range dtype.All() {
		if _, ok := spelling(dt); ok {
			data := make([]byte, 6*dt.Bits()/8)
			for i := range data {
				data[i] = byte(i * 37 % 251)
				if dt == dtype.Bool {
					data[i] %= 2
				}
			}
			all = append(all, dtype.Tensor{Name: dt.String(), DType: dt, Shape: []int{2, 3}, Data: data})
		}
	}
	return all
}

func open(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

// array makes a .npy of any header text and data.
func array(text string, data []byte) []byte {
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(append(b, text...), data...)
}

// dict is the text of a header.
func dict(descr string, fortran bool, shape string) string {
	order := map[bool]string{true: "True", false: "False"}[fortran]
	return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n", descr, order, shape)
}

// archive makes a zip.
func archive(t testing.TB, method uint16, names []string, content ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		require.NoError(t, err)
		_, err = w.Write(content[i])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	want := samples(t)
	path := filepath.Join(t.TempDir(), "x.npz")
	require.NoError(t, Save(path, want))
	f, err := Open(path)
	require.NoError(t, err)
	infos := f.Tensors()
	require.Len(t, infos, len(want))
	for i, w := range want {
		assert.Equal(t, dtype.Info{Name: w.Name, DType: w.DType, Type: w.DType.String(), Shape: w.Shape, Bytes: int64(len(w.Data))}, infos[i])
		got, err := f.Read(w.Name)
		require.NoError(t, err, w.Name)
		assert.Equal(t, w, got)
		require.NoError(t, f.View(w.Name, func(data []byte) error { assert.Equal(t, string(w.Data), string(data)); return nil }))
	}
	_, err = f.Read("absent")
	require.ErrorIs(t, err, TensorNotFound)
	require.NoError(t, f.Close())
	var again bytes.Buffer
	require.NoError(t, Write(&again, want))
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, file, again.Bytes(), "equal content gives equal files")
}

func TestNoTensorsAndThousands(t *testing.T) {
	t.Parallel()
	var many []dtype.Tensor
	for i := range 10_000 {
		many = append(many, dtype.Tensor{Name: fmt.Sprintf("layer.%d", i), DType: dtype.U8, Shape: []int{1}, Data: []byte{byte(i)}})
	}
	for _, tensors := range [][]dtype.Tensor{nil, many} {
		var b bytes.Buffer
		require.NoError(t, Write(&b, tensors))
		f := open(t, b.Bytes())
		assert.Len(t, f.Tensors(), len(tensors))
	}
}

// TestHeadersAreNumPys has bytes that numpy 2.4.6 wrote with np.save(f, np.arange(6, dtype="f4").reshape(2, 3)).
func TestHeadersAreNumPys(t *testing.T) {
	t.Parallel()
	want := "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" + "                                                          " + "\n"
	require.Equal(t, 128, len(want))
	assert.Equal(t, want, string(appendHeader(nil, "<f4", []int{2, 3})))
	for _, shape := range [][]int{{}, {5}, {1 << 40, 0}, {1, 2, 3, 4, 5, 6, 7, 8}} {
		b := appendHeader(nil, "|u1", shape)
		assert.Zero(t, len(b)%64)
		h, err := readHeader(bytes.NewReader(b), int64(len(b))+int64(dtype.Tensor{Shape: shape}.NumElements()))
		require.NoError(t, err)
		assert.Equal(t, shape, h.shape)
	}
}

func TestALoneArrayIsRead(t *testing.T) {
	t.Parallel()
	x := float32s(t, "x", 2, 3)
	path := filepath.Join(t.TempDir(), "x.npy")
	require.NoError(t, SaveArray(path, x))
	f, err := OpenFS(os.DirFS(filepath.Dir(path)), "x.npy")
	require.NoError(t, err)
	got, err := f.Read("arr_0")
	require.NoError(t, err)
	assert.Equal(t, x.Data, got.Data)
	require.NoError(t, f.Close())
}

func TestOrdersOfBytesAndIndicesAreTurned(t *testing.T) {
	t.Parallel()
	var big []byte
	for _, v := range []float32{0, 3, 1, 4, 2, 5} { // [[0 1 2], [3 4 5]] by columns
		big = binary.BigEndian.AppendUint32(big, math.Float32bits(v))
	}
	b := array(dict("'>f4'", true, "(2, 3)"), big)
	want := float32s(t, "x", 2, 3)
	for name, file := range map[string][]byte{
		"npy": b, "stored": archive(t, zip.Store, []string{"arr_0.npy"}, b), "deflated": archive(t, zip.Deflate, []string{"arr_0.npy"}, b),
	} {
		f := open(t, file)
		got, err := f.Read("arr_0")
		require.NoError(t, err, name)
		assert.Equal(t, want.Data, got.Data, name)
		s, err := f.Stored("arr_0")
		require.NoError(t, err)
		require.NoError(t, s.View(4, 8, func(data []byte) error { assert.Equal(t, want.Data[4:8], data); return nil }))
	}
	cube := open(t, array(dict("'|u1'", true, "(2, 3, 2)"), []byte{0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}))
	got, err := cube.Read("arr_0")
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, got.Data)
}

func TestTypesThatHeftDoesNotHaveAreListedAndShown(t *testing.T) {
	t.Parallel()
	for descr, data := range map[string]string{
		"'<U2'": "a\x00\x00\x00b\x00\x00\x00", "'|S3'": "abc", "'<c16'": "0123456789abcdef", "'<M8[ns]'": "01234567", "'|V2'": "ab", "'|S0'": "",
		"[('a', '<f4'), ('b', '|u1', (2,))]": "abcdef",
	} {
		f := open(t, array(dict(descr, false, "(1,)"), []byte(data)))
		info := f.Tensors()[0]
		assert.Zero(t, info.DType)
		assert.Contains(t, descr, info.Type)
		require.NoError(t, f.View("arr_0", func(got []byte) error { assert.Equal(t, data, string(got)); return nil }))
		_, err := f.Read("arr_0")
		require.ErrorIs(t, err, Unsupported)
	}
}

func TestPythonsObjectsAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, descr := range []string{"'|O'", "[('a', '<f4'), ('b', '|O')]"} {
		good := float32s(t, "good", 2)
		var goodBytes bytes.Buffer
		p, err := planOf([]dtype.Tensor{good})
		require.NoError(t, err)
		require.NoError(t, p.writeArray(&goodBytes, p.infos[0]))
		f := open(t, archive(t, zip.Store, []string{"good.npy", "labels.npy"}, goodBytes.Bytes(), array(dict(descr, false, "(3,)"), []byte("\x80\x04cos\nsystem\n"))))
		_, err = f.Read("labels")
		require.ErrorIs(t, err, ObjectArray)
		require.ErrorContains(t, err, `"labels"`)
		require.ErrorIs(t, f.View("labels", func([]byte) error { t.Error("called"); return nil }), ObjectArray)
		got, err := f.Read("good")
		require.NoError(t, err)
		assert.Equal(t, good, got)
	}
}

func TestEmbeddedFilesAreRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, Write(&b, samples(t)))
	f, err := OpenFS(fstest.MapFS{"a/x": {Data: b.Bytes()}, "y": {Data: []byte("text")}}, "a/x")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = OpenFS(fstest.MapFS{"y": {Data: []byte("text")}}, "y")
	require.ErrorIs(t, err, NotNumPy)
	require.ErrorContains(t, err, `"y"`)
	_, err = Open(filepath.Join(t.TempDir(), "absent"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestWhatNumPyCannotHoldIsNotWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := dtype.Info{Name: "x", DType: dtype.F32, Shape: []int{2}}
	for name, c := range map[string]struct {
		infos []dtype.Info
		kind  error
	}{
		"bfloat16":     {[]dtype.Info{{Name: "x", DType: dtype.BF16, Shape: []int{2}}}, Unsupported},
		"blocks":       {[]dtype.Info{{Name: "x", Type: "Q4_K", Shape: []int{256}}}, Unsupported},
		"twice":        {[]dtype.Info{x, x}, DuplicateName},
		"zero in name": {[]dtype.Info{{Name: "a\x00b", DType: dtype.F32}}, InvalidName},
		"no text":      {[]dtype.Info{{Name: "\xff", DType: dtype.F32}}, InvalidName},
		"dimensions":   {[]dtype.Info{{Name: "x", DType: dtype.F32, Shape: make([]int, 65)}}, Unsupported},
		"negative":     {[]dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{-1}}}, dtype.ErrNegativeDimension},
		"too short":    {[]dtype.Info{x}, BadSize},
	} {
		err := Create(filepath.Join(dir, "x.npz"), c.infos, func(dtype.Info, io.Writer) error { return nil })
		require.ErrorIs(t, err, c.kind, name)
	}
	require.Error(t, Save(filepath.Join(dir, "x.npz"), []dtype.Tensor{{Name: "x", DType: dtype.F32, Shape: []int{2}, Data: []byte("abc")}}))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}
