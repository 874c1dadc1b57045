package vector

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// axpy has everything that decides how code is laid out: a scalar, constants, a result and two streams.
func axpy() *Kernel {
	k := New("axpy", "computes y = a x + y + 1 and the sum of squares of y.")
	y, x, a := k.Out("y"), k.In("x"), k.Scalar("a")
	v := x.Load().FMA(a, y.Load()).Add(k.Float(1))
	y.Store(v)
	k.Dot("squares", v, v)
	return k
}

func TestWritingTwiceGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	one, two := t.TempDir(), t.TempDir()
	require.NoError(t, Write(one, "simd", []*Kernel{axpy()}))
	require.NoError(t, Write(two, "simd", []*Kernel{axpy()}))
	files, err := os.ReadDir(one)
	require.NoError(t, err)
	require.Len(t, files, 8)
	for _, f := range files {
		a, err := os.ReadFile(filepath.Join(one, f.Name()))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(two, f.Name()))
		require.NoError(t, err)
		require.Equal(t, string(a), string(b), f.Name())
	}
}

func TestWhatIsNotUsedIsNotWritten(t *testing.T) {
	t.Parallel()
	plain, more := axpy(), axpy()
	more.Float(3).Add(more.In("unused").Load()).Sqrt()
	for _, m := range []machine{amd64{}, amd64{narrow: true}, neon{}} {
		require.NotContains(t, generate(more, m).String(), "SQRT")
		require.NotContains(t, generate(plain, m).String(), "SQRT")
	}
}

func TestEqualValuesAreComputedOnce(t *testing.T) {
	t.Parallel()
	k := New("same", "")
	x := k.In("x").Load()
	require.Equal(t, x.Add(k.Float(2)), x.Add(k.Float(2)))
	require.NotEqual(t, x.Add(k.Float(2)), x.Sub(k.Float(2)))
}

func TestALoadAfterAStoreSeesIt(t *testing.T) {
	t.Parallel()
	k := New("again", "")
	y := k.Out("y")
	y.Store(y.Load().Add(k.Float(1)))
	y.Store(y.Load().Add(k.Float(1)))
	data := []float32{5}
	k.Model(1, data)
	require.Equal(t, []float32{7}, data)
}

func TestKernelsThatNeedTooManyRegistersAreRefused(t *testing.T) {
	t.Parallel()
	k := New("greedy", "")
	y, x := k.Out("y"), k.In("x").Load()
	var held []Value
	for i := range 20 {
		held = append(held, x.Mul(k.Float(float64(i)+2)))
	}
	total := x
	for _, v := range held {
		total = total.Add(v)
	}
	y.Store(total)
	require.PanicsWithValue(t, "vector: greedy needs more registers than AVX2 has", func() { generate(k, amd64{narrow: true}) })
	require.NotPanics(t, func() { generate(k, amd64{}) })
}
