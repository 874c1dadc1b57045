package safetensors

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// openBytes opens a file in memory.
func openBytes(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

func TestCreateAsksForOneTensorAfterTheOtherInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.safetensors")
	tensors := map[string]dtype.Tensor{}
	var infos []dtype.Info
	for _, tensor := range []dtype.Tensor{float32s(t, "b", 2), float32s(t, "a", 2, 3), {Name: "n", DType: dtype.I64, Shape: []int{1}, Data: make([]byte, 8)}, float32s(t, "none", 0)} {
		tensors[tensor.Name] = tensor
		infos = append(infos, dtype.Info{Name: tensor.Name, DType: tensor.DType, Shape: tensor.Shape})
	}
	var asked []string
	require.NoError(t, Create(path, infos, func(info dtype.Info, w io.Writer) error {
		asked = append(asked, info.Name)
		assert.Equal(t, int64(len(tensors[info.Name].Data)), info.Bytes, info.Name)
		for _, b := range tensors[info.Name].Data { // as many writes as it likes
			if _, err := w.Write([]byte{b}); err != nil {
				return err
			}
		}
		return nil
	}))
	assert.Equal(t, []string{"n", "a", "b", "none"}, asked)
	want := writeAll(t, []dtype.Tensor{tensors["a"], tensors["b"], tensors["n"], tensors["none"]}, AsIs)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestCreateRefusesContentOfAnotherSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	for _, n := range []int{0, 7, 9} {
		err := Create(path, []dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{2}}}, func(_ dtype.Info, w io.Writer) error {
			_, err := w.Write(make([]byte, n))
			return err
		})
		require.ErrorIs(t, err, TensorInvalidInfo)
		require.ErrorContains(t, err, "takes 8 bytes, but")
	}
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(old))
	requireNames(t, dir, "m.safetensors")
}

func TestCreateRefusesWhatTheFormatCannotHold(t *testing.T) {
	t.Parallel()
	x := dtype.Info{Name: "x", DType: dtype.F32, Shape: []int{2}}
	var huge []dtype.Info // eight times 2^60 bytes
	for i := range 8 {
		huge = append(huge, dtype.Info{Name: string(rune('a' + i)), DType: dtype.F64, Shape: []int{1 << 57}})
	}
	for name, c := range map[string]struct {
		infos []dtype.Info
		kind  error
	}{
		"a name twice":           {[]dtype.Info{x, x}, DuplicateName},
		"reserved name":          {[]dtype.Info{{Name: "__metadata__", DType: dtype.F32}}, InvalidName},
		"no dtype":               {[]dtype.Info{{Name: "x", Shape: []int{2}, Bytes: 8}}, UnknownDType},
		"known, but not said so": {[]dtype.Info{{Name: "x", Type: "F32", Shape: []int{2}, Bytes: 8}}, UnknownDType},
		"negative size":          {[]dtype.Info{{Name: "x", Type: "F31", Bytes: -1}}, UnknownDType},
		"shape of unknown dtype": {[]dtype.Info{{Name: "x", Type: "F31", Shape: []int{1 << 62, 1 << 62}}}, ValidationOverflow},
		"negative dimension":     {[]dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{-1}}}, dtype.ErrNegativeDimension},
		"partial byte":           {[]dtype.Info{{Name: "x", DType: dtype.F4, Shape: []int{3}}}, dtype.ErrPartialByte},
		"beyond any file":        {huge, ValidationOverflow},
	} {
		dir := t.TempDir()
		err := Create(filepath.Join(dir, "m"), c.infos, func(dtype.Info, io.Writer) error { return nil })
		require.ErrorIs(t, err, c.kind, name)
		assert.NotContains(t, err.Error(), "\n", name)
		requireNames(t, dir)
	}
}

func TestAFailureAtAnyWriteLeavesTheOldFileWhole(t *testing.T) {
	t.Parallel()
	infos := []dtype.Info{{Name: "x", DType: dtype.U8, Shape: []int{3, 1 << 19}}, {Name: "y", DType: dtype.U8, Shape: []int{3, 1 << 19}}}
	broken := errors.New("disk full")
	for at := range 6 {
		dir := t.TempDir()
		path := filepath.Join(dir, "m.safetensors")
		require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
		writes := 0
		err := Create(path, infos, func(_ dtype.Info, w io.Writer) error {
			for range 3 {
				if writes++; writes > at {
					return broken
				}
				if _, err := w.Write(make([]byte, 1<<19)); err != nil {
					return err
				}
			}
			return nil
		})
		require.ErrorIs(t, err, broken)
		old, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "old", string(old))
		requireNames(t, dir, "m.safetensors")
	}
}

func TestAFileCanBeConvertedOntoItself(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows lets nobody replace a file that is mapped")
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	big := float32s(t, "big", 300, 1000)
	require.NoError(t, Save(path, []dtype.Tensor{big, float32s(t, "small", 3)}, AsIs))
	f, err := Open(path)
	require.NoError(t, err)
	infos := f.Tensors()
	for i := range infos {
		infos[i].DType = dtype.BF16
	}
	err = Create(path, infos, f.Content)
	require.NoError(t, f.Close())
	require.NoError(t, err)
	tensors, _, err := Load(path)
	require.NoError(t, err)
	want, err := big.As(dtype.BF16)
	require.NoError(t, err)
	assert.Equal(t, want, tensors[0])
}

func TestContentRefusesOverflowAndUnknownNames(t *testing.T) {
	t.Parallel()
	f := openBytes(t, writeAll(t, []dtype.Tensor{floats(t, "x", 1e6)}, AsIs))
	var b bytes.Buffer
	var overflow *dtype.OverflowError
	require.ErrorAs(t, f.Content(dtype.Info{Name: "x", DType: dtype.F16}, &b), &overflow)
	require.ErrorIs(t, f.Content(dtype.Info{Name: "y", DType: dtype.F16}, &b), TensorNotFound)
	var cast *dtype.CastError
	require.ErrorAs(t, f.Content(dtype.Info{Name: "x", DType: dtype.F4}, &b), &cast)
	assert.Zero(t, b.Len())
}

func TestUnknownDTypesAreCopiedButNotConverted(t *testing.T) {
	t.Parallel()
	f := openBytes(t, fileOf(`{"y":{"dtype":"U3","shape":[2,8],"data_offsets":[0,6]},"a":{"dtype":"U8","shape":[2],"data_offsets":[6,8]}}`, []byte("abcdefgh")))
	want := []dtype.Info{
		{Name: "y", Type: "U3", Shape: []int{2, 8}, Bytes: 6},
		{Name: "a", DType: dtype.U8, Type: "U8", Shape: []int{2}, Bytes: 2},
	}
	assert.Equal(t, want, f.Tensors())
	assert.Equal(t, 16, f.Tensors()[0].NumElements())
	require.NoError(t, f.View("y", func(data []byte) error { assert.Equal(t, "abcdef", string(data)); return nil }))
	_, err := f.ReadSlice("y")
	require.ErrorIs(t, err, UnknownDType)
	var size *dtype.SizeError
	require.ErrorAs(t, f.Content(dtype.Info{Name: "y", DType: dtype.U8}, io.Discard), &size)
}

// padded fills a header up to a multiple of 8 bytes.
func padded(header string) string {
	return header + strings.Repeat(" ", (alignment-len(header)%alignment)%alignment)
}

// TestOrderIsKept copies files whose order is not the reference implementation's of today.
func TestOrderIsKept(t *testing.T) {
	t.Parallel()
	const u8 = `"dtype":"U8","shape":[2],"data_offsets":`
	for name, c := range map[string]struct{ header, data string }{
		"metadata keys":         {`{"__metadata__":{"z":"1","a":"2","m":"3"},"x":{` + u8 + `[0,2]}}`, "ab"},
		"order of data":         {`{"b":{` + u8 + `[0,2]},"a":{` + u8 + `[2,4]}}`, "abcd"},
		"order of descriptions": {`{"a":{` + u8 + `[2,4]},"b":{` + u8 + `[0,2]}}`, "abcd"},
		"narrow before wide":    {`{"x":{` + u8 + `[0,2]},"y":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}`, "abcd"},
		"unknown dtype":         {`{"y":{"dtype":"U3","shape":[2,8],"data_offsets":[0,6]},"a":{` + u8 + `[6,8]}}`, "abcdefgh"},
		"no metadata":           {`{}`, ""},
		"metadata of nothing":   {`{"__metadata__":{}}`, ""},
	} {
		b := fileOf(padded(c.header), []byte(c.data))
		assert.Equal(t, string(b), string(copyOf(t, b)), name)
	}
}

func TestWhatIsNewComesAfterWhatIsKept(t *testing.T) {
	t.Parallel()
	f := openBytes(t, fileOf(`{"__metadata__":{"z":"1","a":"2"},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, []byte("ba")))
	tensors := []dtype.Tensor{float32s(t, "f"), {Name: "a", DType: dtype.U8, Shape: []int{}, Data: []byte("a")}, {Name: "b", DType: dtype.U8, Shape: []int{}, Data: []byte("b")}, float32s(t, "e")}
	got := openBytes(t, writeAll(t, tensors, AsIs, KeepOrder(f), ExactMetadata(map[string]string{"y": "", "a": "", "z": "", "b": ""})))
	var names []string
	for _, info := range got.Tensors() {
		names = append(names, info.Name)
	}
	assert.Equal(t, []string{"b", "a", "e", "f"}, names)
	assert.Equal(t, []string{"z", "a", "b", "y"}, got.keys)
}

func TestFilesOfAFileSystemAreRead(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{"w/m.safetensors": {Data: small(t)}, "bad": {Data: []byte("x")}}
	f, err := OpenFS(fsys, "w/m.safetensors")
	require.NoError(t, err)
	got, err := f.Read("a")
	require.NoError(t, err)
	assert.Equal(t, float32s(t, "a", 2, 3), got)
	require.NoError(t, f.Close())
	_, err = OpenFS(fsys, "bad")
	require.ErrorIs(t, err, HeaderTooSmall)
	assert.ErrorContains(t, err, `"bad"`)
	_, err = OpenFS(fsys, "absent")
	require.ErrorIs(t, err, os.ErrNotExist)
}
