package torchfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// torchTypes are the dtypes that PyTorch has.
var torchTypes = []dtype.DType{
	dtype.Bool, dtype.U8, dtype.I8, dtype.F8E5M2, dtype.F8E4M3, dtype.F8E8M0, dtype.F8E4M3FNUZ, dtype.F8E5M2FNUZ, dtype.I16, dtype.U16, dtype.F16,
	dtype.BF16, dtype.I32, dtype.U32, dtype.F32, dtype.C64, dtype.F64, dtype.I64, dtype.U64,
}

// everyType makes tensors of every dtype and several shapes, with any bytes.
func everyType() []dtype.Tensor {
	r := rand.New(rand.NewPCG(1, 2))
	var tensors []dtype.Tensor
	for _, dt := range torchTypes {
		for _, shape := range [][]int{{}, {5}, {2, 3}, {0, 4}, {3, 1, 2}, {2, 1, 1, 2}, {1, 300}} {
			t := dtype.Tensor{Name: fmt.Sprintf("é.%v.%v", dt, shape), DType: dt, Shape: shape}
			t.Data = make([]byte, t.NumElements()*dt.Bits()/8)
			for i := range t.Data {
				t.Data[i] = byte(r.Uint32())
				if dt == dtype.Bool {
					t.Data[i] &= 1
				}
			}
			tensors = append(tensors, t)
		}
	}
	return tensors
}

func written(t testing.TB, tensors []dtype.Tensor) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, tensors))
	return b.Bytes()
}

func TestWhatIsWrittenIsReadBackAndAligned(t *testing.T) {
	t.Parallel()
	tensors := everyType()
	f := opened(t, written(t, tensors))
	require.Len(t, f.Tensors(), len(tensors))
	for i, info := range f.Tensors() {
		want := tensors[i]
		assert.Equal(t, dtype.Info{Name: want.Name, DType: want.DType, Type: want.DType.String(), Shape: append([]int{}, want.Shape...), Bytes: int64(len(want.Data))}, info)
		got, err := f.Read(info.Name)
		require.NoError(t, err)
		require.Equal(t, want.Data, got.Data)
		require.True(t, f.inPlace(f.items[i].tensor), info.Name)
	}
	for _, it := range f.items {
		assert.Zero(t, it.storage.record.offset%alignment, it.name)
	}
	assert.Empty(t, aliases(f))
	assert.Empty(t, f.Objects())
	assert.Empty(t, scanned(t, written(t, tensors)).Problems)
}

func TestNoTensorsAndTenThousandAreWritten(t *testing.T) {
	t.Parallel()
	assert.Empty(t, opened(t, written(t, nil)).Tensors())
	for _, n := range []int{1, 2, 255, 999, 1000, 1001, 1002, 2001, 10_000} {
		tensors := make([]dtype.Tensor, n)
		for i := range tensors {
			tensors[i] = dtype.Tensor{Name: fmt.Sprint("layer.", i), DType: dtype.U8, Shape: []int{1}, Data: []byte{byte(i)}}
		}
		f := opened(t, written(t, tensors))
		require.Len(t, f.Tensors(), n)
		for _, i := range []int{0, n / 2, n - 1} {
			got, err := f.Read(tensors[i].Name)
			require.NoError(t, err)
			assert.Equal(t, tensors[i].Data, got.Data)
		}
	}
}

func TestATensorCanHaveNoName(t *testing.T) {
	t.Parallel()
	tensors := []dtype.Tensor{{Name: "tensor", DType: dtype.U8, Shape: []int{1}, Data: []byte{1}}, {Name: "", DType: dtype.U8, Shape: []int{1}, Data: []byte{2}}}
	for _, some := range [][]dtype.Tensor{tensors, tensors[1:]} {
		f := opened(t, written(t, some))
		require.Len(t, f.Tensors(), len(some))
		for _, want := range some {
			got, err := f.Read(want.Name)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
	}
	_, err := open(fileOf(pickled(ordered(str(""), vector("0", 1), str(""), vector("0", 1))), floats(1)))
	require.ErrorIs(t, err, DuplicateName)
}

func TestTensorsOfOneMemoryShareAStorage(t *testing.T) {
	t.Parallel()
	data := make([]byte, 8)
	same := func(name string, dt dtype.DType, shape ...int) dtype.Tensor {
		return dtype.Tensor{Name: name, DType: dt, Shape: shape, Data: data}
	}
	f := opened(t, written(t, []dtype.Tensor{same("a", dtype.F32, 2), same("b", dtype.F32, 1, 2), same("c", dtype.I32, 2), {Name: "d", DType: dtype.F32, Shape: []int{1}, Data: data[:4]}}))
	assert.Equal(t, [][]string{{"a", "b"}}, aliases(f), "other dtypes and lengths have their own")
}

func TestWhatCannotBeWrittenIsRefusedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	x := dtype.Tensor{Name: "x", DType: dtype.U8, Shape: []int{1}, Data: []byte{1}}
	with := func(change func(t *dtype.Tensor)) []dtype.Tensor {
		y := x
		y.Name = "y"
		change(&y)
		return []dtype.Tensor{x, y}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pt")
	require.NoError(t, Save(path, []dtype.Tensor{x}))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		tensors []dtype.Tensor
		kind    error
	}{
		"a name twice":       {with(func(t *dtype.Tensor) { t.Name = "x" }), DuplicateName},
		"not UTF-8":          {with(func(t *dtype.Tensor) { t.Name = "\xff" }), InvalidName},
		"a long name":        {with(func(t *dtype.Tensor) { t.Name = string(make([]byte, 5000)) }), InvalidName},
		"F4":                 {with(func(t *dtype.Tensor) { t.DType, t.Shape = dtype.F4, []int{2} }), Unsupported},
		"65 dimensions":      {with(func(t *dtype.Tensor) { t.Shape = slices.Repeat([]int{1}, 65) }), Unsupported},
		"no dtype":           {with(func(t *dtype.Tensor) { t.DType = 0 }), nil},
		"data too short":     {with(func(t *dtype.Tensor) { t.Shape = []int{2} }), nil},
		"a shape that wraps": {with(func(t *dtype.Tensor) { t.Shape = []int{1 << 62, 4} }), dtype.ErrSizeOverflow},
	} {
		var b bytes.Buffer
		err := Write(&b, c.tensors)
		require.Error(t, err, name)
		if c.kind != nil {
			require.ErrorIs(t, err, c.kind, name)
		}
		assert.Zero(t, b.Len(), name)
		require.Error(t, Save(path, c.tensors), name)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, files, 1)
}

func TestCreateWritesTheBytesOfSaveWithoutHoldingThem(t *testing.T) {
	t.Parallel()
	tensors := everyType()
	var infos []dtype.Info
	for _, x := range tensors {
		infos = append(infos, dtype.Info{Name: x.Name, DType: x.DType, Shape: x.Shape})
	}
	path := filepath.Join(t.TempDir(), "x.pt")
	var order []string
	byName := map[string][]byte{}
	for _, x := range tensors {
		byName[x.Name] = x.Data
	}
	content := func(info dtype.Info, w io.Writer) error {
		order = append(order, info.Name)
		for _, b := range byName[info.Name] {
			if _, err := w.Write([]byte{b}); err != nil {
				return err
			}
		}
		return nil
	}
	require.NoError(t, Create(path, infos, content))
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(written(t, tensors), got))
	require.Len(t, order, len(infos), "those without elements among them")
	for i, info := range infos {
		assert.Equal(t, info.Name, order[i])
	}

	mine := errors.New("mine")
	for name, bad := range map[string]func(info dtype.Info, w io.Writer) error{
		"an error":   func(dtype.Info, io.Writer) error { return mine },
		"too little": func(dtype.Info, io.Writer) error { return nil },
		"too much": func(info dtype.Info, w io.Writer) error {
			_, err := w.Write(append(byName[info.Name], 0))
			return err
		},
	} {
		err := Create(path, infos[7:9], bad)
		require.Error(t, err, name)
		assert.Equal(t, name == "an error", errors.Is(err, mine))
		assert.Equal(t, name != "an error", errors.Is(err, BadTensor))
	}
	infos[1].Shape = []int{-1}
	assert.ErrorIs(t, Create(path, infos, content), dtype.ErrNegativeDimension)
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, got, again)
}

// failing is a disk that is full after some bytes.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("disk full")

func TestAFullDiskIsAnErrorWhereverItIsFull(t *testing.T) {
	t.Parallel()
	tensors := everyType()[:10]
	size := len(written(t, tensors))
	for n := range size {
		require.ErrorIs(t, Write(&failing{left: n}, tensors), errFull, "%d of %d", n, size)
	}
	require.NoError(t, Write(&failing{left: size}, tensors))
}
