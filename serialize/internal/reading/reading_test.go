package reading_test

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/internal/reading"
)

// rule is the kind of a format's errors.
type rule string

func (r rule) Error() string { return string(r) }
func (rule) Format() string  { return "paper" }

func TestWhatIsRefusedIsClosed(t *testing.T) {
	t.Parallel()
	from := reading.From(fstest.MapFS{"a": {Data: []byte("abc")}})
	var seen *mapped.Source
	check := func(err error) func(s *mapped.Source) (int64, error) {
		return func(s *mapped.Source) (int64, error) {
			seen = s
			return s.Size(), err
		}
	}
	n, err := reading.Open[rule]("a", from, check(nil))
	require.NoError(t, err)
	assert.Equal(t, int64(3), n)
	_, err = seen.ReadAt(make([]byte, 3), 0)
	require.NoError(t, err)
	require.NoError(t, seen.Close())

	refused := errors.New("refused")
	_, err = reading.Open[rule]("a", from, check(refused))
	assert.Equal(t, refused, err)
	_, err = seen.ReadAt(make([]byte, 3), 0)
	require.ErrorIs(t, err, fs.ErrClosed)

	_, err = reading.Open[rule]("b", from, check(nil))
	require.EqualError(t, err, `paper "b": open: file does not exist`)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestReadingEndsAtTheFirstError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var reads int
	read := func(name *string) (dtype.Tensor, error) {
		reads++
		if *name == "" {
			return dtype.Tensor{}, broken
		}
		return dtype.Tensor{Name: *name}, nil
	}
	got, err := reading.Collect(2, reading.All([]string{"a", "b"}, read))
	require.NoError(t, err)
	assert.Equal(t, []dtype.Tensor{{Name: "a"}, {Name: "b"}}, got)
	reads = 0
	_, err = reading.Collect(3, reading.All([]string{"a", "", "c"}, read))
	assert.Equal(t, broken, err)
	assert.Equal(t, 2, reads)
	for range reading.All([]string{"a", "b"}, read) {
		break
	}
	assert.Equal(t, 3, reads)
}
