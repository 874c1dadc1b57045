package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/fault"
)

// rule and other are the rules of two formats.
type (
	rule  string
	other string
)

const (
	torn  rule  = "torn"
	wet   rule  = "wet"
	plain other = "torn"
)

func (r rule) Error() string      { return string(r) }
func (rule) Format() string       { return "paper" }
func (o other) Error() string     { return string(o) }
func (other) Format() string      { return "cloth" }
func wrapped(err error) error     { return fmt.Errorf("while reading: %w", err) }
func path(err error) error        { return &fs.PathError{Op: "open", Path: "a", Err: err} }
func offset(e *fault.Error[rule]) { e.Offset = 7 }

func TestAnErrorNamesAllThatIsKnown(t *testing.T) {
	t.Parallel()
	e := fault.New(torn, "%d pieces", 2)
	assert.EqualError(t, e, "paper: torn: 2 pieces")
	e.File, e.Key, e.Tensor, e.Entry, e.Offset = "a\nb", "k", "w\x00", "a/data.pkl", 0
	assert.EqualError(t, e, `paper "a\nb": torn: key "k": tensor "w\x00": "a/data.pkl": at byte 0: 2 pieces`)
	assert.EqualError(t, &fault.Error[rule]{Kind: wet, Offset: -1}, "paper: wet")
}

func TestRulesOfTwoFormatsAreDifferentErrors(t *testing.T) {
	t.Parallel()
	err := wrapped(fault.New(torn, "x"))
	require.ErrorIs(t, err, torn)
	require.NotErrorIs(t, err, wet)
	require.NotErrorIs(t, err, plain)
	var mine *fault.Error[rule]
	require.ErrorAs(t, err, &mine)
	var others *fault.Error[other]
	require.NotErrorAs(t, err, &others)
}

func TestAnErrorIsAmendedWhereverItIsWrapped(t *testing.T) {
	t.Parallel()
	e := fault.New(torn, "x")
	err := wrapped(e)
	assert.Equal(t, err, fault.Amend(err, offset))
	assert.EqualError(t, e, "paper: torn: at byte 7: x")
	assert.Equal(t, fs.ErrClosed, fault.Amend(fs.ErrClosed, offset))
	assert.NoError(t, fault.Amend(nil, offset))
}

func TestTheFileIsNamedOnce(t *testing.T) {
	t.Parallel()
	require.NoError(t, fault.InFile[rule]("read", "a", nil))
	err := fault.InFile[rule]("read", "a", fault.New(torn, "x"))
	require.EqualError(t, err, `paper "a": torn: x`)
	require.EqualError(t, fault.InFile[rule]("read", "b", err), `paper "a": torn: x`)
	err = fault.InFile[rule]("read", "a", path(fs.ErrNotExist))
	require.EqualError(t, err, `paper "a": read: file does not exist`)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, fault.IO[rule]("open", "", path(errors.New("busy"))), "paper: open: busy")
}

func TestNumbersAreGroupedByThreeDigits(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]uint64{"0": 0, "999": 999, "1,000": 1000, "18,446,744,073,709,551,615": math.MaxUint64} {
		assert.Equal(t, want, fault.Grouped(n))
	}
}
