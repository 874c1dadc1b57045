package inspect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// f32 makes a tensor of numbers 1, 2, 3, ...
func f32(t testing.TB, name string, shape ...int) dtype.Tensor {
	t.Helper()
	n := 1
	for _, d := range shape {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i + 1)
	}
	return f32Of(t, name, values, shape...)
}

func f32Of(t testing.TB, name string, values []float32, shape ...int) dtype.Tensor {
	t.Helper()
	tensor, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

// save writes a weights file and returns its path.
func save(t testing.TB, metadata map[string]string, tensors ...dtype.Tensor) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, safetensors.Save(path, tensors, safetensors.AsIs, safetensors.ExactMetadata(metadata)))
	return path
}

// inspected reports on a file with statistics.
func inspected(t testing.TB, path string, opts ...Option) *Report {
	t.Helper()
	return header(t, path, append(opts, WithStats())...)
}

// header reports on a file.
func header(t testing.TB, path string, opts ...Option) *Report {
	t.Helper()
	r, err := File(context.Background(), path, opts...)
	require.NoError(t, err)
	return r
}

func TestFileCountsByKindAndDType(t *testing.T) {
	t.Parallel()
	step := raw(t, dtype.I64, []int64{1000})
	step.Name, step.Shape = "bn.num_batches_tracked", []int{}
	path := save(t, map[string]string{"format": "pt"},
		f32(t, "fc.weight", 4, 3), f32(t, "fc.bias", 4), f32(t, "bn.weight", 4), step)
	r := inspected(t, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, path, r.File)
	assert.Equal(t, "safetensors", r.Format)
	assert.Equal(t, info.Size(), r.Bytes)
	assert.Equal(t, int64(20), r.Parameters, "whole numbers are none")
	assert.Equal(t, []Total{{"weight", 1, 12, 48}, {"bias", 1, 4, 16}, {"scale", 1, 4, 16}, {"buffer", 1, 0, 8}}, r.Kinds)
	assert.Equal(t, []Total{{"F32", 3, 20, 80}, {"I64", 1, 0, 8}}, r.DTypes)
	assert.Equal(t, Memory{FP32: 80, FP16: 40, Int8: 20, Q8_0: 22, Int4: 10, Q4_0: 12}, r.Memory)
	assert.Equal(t, map[string]string{"format": "pt"}, r.Metadata)
	require.Equal(t, "bn.num_batches_tracked", r.Tensors[0].Name, "the order of the file")
	assert.Equal(t, Number(1000), r.Tensors[0].Stats.Mean)
	assert.Equal(t, []int{4, 3}, r.Tensors[3].Shape)
	assert.Equal(t, Number(6.5), r.Tensors[3].Stats.Mean)
}

func TestFileCountsElementsThatShareBytes(t *testing.T) {
	t.Parallel()
	path := save(t, nil,
		dtype.Tensor{Name: "four", DType: dtype.F4, Shape: []int{6}, Data: make([]byte, 3)},
		dtype.Tensor{Name: "six", DType: dtype.F6E2M3, Shape: []int{4}, Data: make([]byte, 3)})
	r := inspected(t, path)
	assert.Equal(t, int64(10), r.Parameters)
	assert.Nil(t, r.Tensors[0].Stats)
}

func TestFileTakesKindsAndRecipeFromMetadata(t *testing.T) {
	t.Parallel()
	path := save(t, map[string]string{"recipe": `{"seed":7}`}, f32(t, "a", 2), f32(t, "b", 2))
	kinds := func(m map[string]string) map[string]initializer.Kind {
		assert.Contains(t, m, "recipe")
		return map[string]initializer.Kind{"a": initializer.Scale, "elsewhere": initializer.Bias}
	}
	recipe := func(m map[string]string) (r struct{ Seed int }, ok bool, err error) {
		return r, true, json.Unmarshal([]byte(m["recipe"]), &r)
	}
	r := inspected(t, path, KindsFrom(kinds), RecipeFrom(recipe))
	assert.Equal(t, "scale", r.Tensors[0].Kind)
	assert.False(t, r.Tensors[0].KindInferred)
	assert.Equal(t, "weight", r.Tensors[1].Kind)
	assert.True(t, r.Tensors[1].KindInferred)
	assert.JSONEq(t, `{"Seed":7}`, string(r.Recipe))
	assert.Empty(t, r.RecipeProblem)

	unreadable := func(map[string]string) (int, bool, error) { return 0, true, errors.New("no recipe of mine") }
	r = inspected(t, path, RecipeFrom(unreadable))
	assert.Nil(t, r.Recipe)
	assert.Equal(t, "no recipe of mine", r.RecipeProblem)

	none := func(map[string]string) (int, bool, error) { return 0, false, nil }
	r = inspected(t, path, RecipeFrom(none))
	assert.Nil(t, r.Recipe)
	assert.Empty(t, r.RecipeProblem)
}

func TestFileOpensTheWeightsOfARunFolder(t *testing.T) {
	t.Parallel()
	path := save(t, nil, f32(t, "x", 1))
	assert.Equal(t, path, inspected(t, filepath.Dir(path)).File)
}

func TestFileRefusesWhatIsNoWeightsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole, err := os.ReadFile(save(t, nil, f32(t, "x", 100)))
	require.NoError(t, err)
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o666))
		return path
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "missing"), "missing"},
		{dir, "no weights are in the folder"},
		{write("cut", whole[:len(whole)-8]), "truncated download?"},
		{write("cut in header", whole[:20]), "truncated download?"},
		{write("empty", nil), "the file is empty"},
		{write("text", []byte("# A file of words, not of weights\n")), "safetensors"},
	} {
		r, err := File(context.Background(), c.path)
		require.Error(t, err, c.path)
		assert.Nil(t, r)
		assert.ErrorContains(t, err, c.want)
		assert.ErrorContains(t, err, filepath.Base(c.path))
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestFileStopsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := File(ctx, save(t, nil, f32(t, "x", 1)), WithStats())
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, r)
}

// reads records what is read of a file.
type reads struct {
	*bytes.Reader
	end     int64 // of the furthest read
	largest int
}

func (r *reads) ReadAt(p []byte, off int64) (int, error) {
	r.end, r.largest = max(r.end, off+int64(len(p))), max(r.largest, len(p))
	return r.Reader.ReadAt(p, off)
}

func TestHeaderIsEnoughWithoutStatsAndOneTensorAtATimeWith(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	tensors := []dtype.Tensor{f32(t, "a", 1000), f32(t, "b", 2000), f32(t, "c", 1000)}
	require.NoError(t, safetensors.Write(&b, tensors, safetensors.AsIs))
	file := &reads{Reader: bytes.NewReader(b.Bytes())}
	opened, err := serialize.NewReader(file, int64(b.Len()))
	require.NoError(t, err)
	f := &Source{File: opened}

	r := describe(f, f.Tensors(), newOptions(nil))
	assert.Len(t, r.Tensors, 3)
	assert.LessOrEqual(t, file.end, int64(1024), "the start, which tells the format")

	require.NoError(t, r.measure(context.Background(), f, f.Tensors()))
	assert.Equal(t, int64(b.Len()), file.end)
	assert.Equal(t, 4*2000, file.largest)
}

type failing struct{ *bytes.Reader }

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if len(p) == 4000 {
		return 0, io.ErrClosedPipe
	}
	return f.Reader.ReadAt(p, off)
}

func TestMeasureReportsATensorThatCannotBeRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, []dtype.Tensor{f32(t, "a", 1000)}, safetensors.AsIs))
	opened, err := serialize.NewReader(failing{bytes.NewReader(b.Bytes())}, int64(b.Len()))
	require.NoError(t, err)
	f := &Source{File: opened}
	err = describe(f, f.Tensors(), newOptions(nil)).measure(context.Background(), f, f.Tensors())
	require.ErrorIs(t, err, io.ErrClosedPipe)
	assert.ErrorContains(t, err, `"a"`)
}

func TestWholeNumbersAreBuffersAndNoParameters(t *testing.T) {
	t.Parallel()
	for _, d := range []dtype.DType{dtype.Bool, dtype.U8, dtype.I8, dtype.I16, dtype.U32, dtype.I64} {
		mask := dtype.Tensor{Name: "attn.weight", DType: d, Shape: []int{3}, Data: make([]byte, 3*d.Bits()/8)}
		r := inspected(t, save(t, nil, mask, f32(t, "w", 2)))
		assert.Equal(t, int64(2), r.Parameters, d)
		assert.Equal(t, Total{"buffer", 1, 0, int64(len(mask.Data))}, r.Kinds[1], d)
	}
	for _, d := range []dtype.DType{dtype.F8E4M3, dtype.BF16, dtype.C64} {
		assert.Equal(t, int64(6), Parameters(dtype.Info{DType: d, Shape: []int{2, 3}}), d)
	}
	assert.Equal(t, int64(64), Parameters(dtype.Info{Type: "Q4_0", Shape: []int{2, 32}}))
}
