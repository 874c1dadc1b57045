package writing_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

func TestInfosAreCompletedInACopy(t *testing.T) {
	t.Parallel()
	infos := []dtype.Info{{Name: "a"}, {Name: "b"}}
	sized, err := writing.Check(infos, func(info *dtype.Info) error { info.Bytes = 7; return nil }, nil)
	require.NoError(t, err)
	assert.Equal(t, []dtype.Info{{Name: "a", Bytes: 7}, {Name: "b", Bytes: 7}}, sized)
	assert.Zero(t, infos[0].Bytes)
}

func TestTheFirstMistakeCounts(t *testing.T) {
	t.Parallel()
	twice, wrong := errors.New("twice"), errors.New("wrong")
	check := func(bad string) error {
		_, err := writing.Check([]dtype.Info{{Name: "a"}, {Name: "b"}, {Name: "a"}, {Name: "c"}}, func(info *dtype.Info) error {
			if info.Name == bad {
				return wrong
			}
			return nil
		}, func(name string) error {
			assert.Equal(t, "a", name)
			return twice
		})
		return err
	}
	assert.Equal(t, wrong, check("b"))
	assert.Equal(t, twice, check("c"))
}

func TestAnotherNumberOfBytesIsRefused(t *testing.T) {
	t.Parallel()
	disk := errors.New("disk full")
	for n := range 5 {
		var b bytes.Buffer
		err := writing.Exactly(&b, dtype.Info{Bytes: 3}, func(_ dtype.Info, w io.Writer) error {
			for range n {
				if _, err := w.Write([]byte("x")); err != nil {
					return err
				}
			}
			if n == 4 {
				return disk
			}
			return nil
		}, func(written int64) error {
			assert.Equal(t, int64(n), written)
			return io.ErrShortWrite
		})
		assert.Equal(t, n, b.Len())
		assert.Equal(t, map[int]error{3: nil, 4: disk, 0: io.ErrShortWrite, 1: io.ErrShortWrite, 2: io.ErrShortWrite}[n], err)
	}
}

func TestTensorsInMemoryAreCheckedAndFound(t *testing.T) {
	t.Parallel()
	good := dtype.Tensor{Name: "a", DType: dtype.U8, Shape: []int{2}, Data: []byte{1, 2}}
	infos, byName, err := writing.Held([]dtype.Tensor{good})
	require.NoError(t, err)
	assert.Equal(t, []dtype.Info{{Name: "a", DType: dtype.U8, Type: "U8", Shape: []int{2}, Bytes: 2}}, infos)
	assert.Equal(t, good, byName["a"])
	bad := good
	bad.Shape = []int{3}
	_, _, err = writing.Held([]dtype.Tensor{good, bad})
	var size *dtype.SizeError
	require.ErrorAs(t, err, &size)
}
