package nn_test

import (
	"bytes"
	"errors"
	"iter"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// tensorsOf is a file that holds these.
func tensorsOf(tensors ...dtype.Tensor) iter.Seq2[dtype.Tensor, error] {
	return func(yield func(dtype.Tensor, error) bool) {
		for _, t := range tensors {
			if !yield(t, nil) {
				return
			}
		}
	}
}

func floats(name string, shape []int, values ...float32) dtype.Tensor {
	t, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
	if err != nil {
		panic(err)
	}
	return t
}

// classifier returns a store of a model with every kind of parameter but embeddings.
func classifier(seed uint64) *nn.Store {
	s := nn.NewStore(seed, initializer.PyTorchDefault())
	nn.NewSequential(s.Root(), nn.NewLinear(s.At(0), 3, 4), nn.NewBatchNorm1d(s.At(1), 4), nn.NewLinear(s.At(2), 4, 2))
	return s
}

func TestAStoreGoesThroughSafetensorsAndBack(t *testing.T) {
	t.Parallel()
	from, to := classifier(1), classifier(2)
	require.NotEqual(t, bits(from), bits(to))
	var file bytes.Buffer
	require.NoError(t, safetensors.Write(&file, from.Tensors(), dtype.F32))
	f, err := safetensors.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	require.NoError(t, err)
	report, err := to.Load(f.All())
	require.NoError(t, err)
	assert.Equal(t, bits(from), bits(to))
	assert.ElementsMatch(t, names(to), report.Loaded)
	report.Loaded = nil
	assert.Equal(t, nn.LoadReport{}, report)
}

func TestTensorsAreCopiesInOrderOfDeclaration(t *testing.T) {
	t.Parallel()
	s := classifier(1)
	tensors := s.Tensors()
	require.Len(t, tensors, len(s.Params()))
	for i, p := range s.Params() {
		assert.Equal(t, p.Name, tensors[i].Name)
		assert.Equal(t, p.Shape, tensors[i].Shape)
		values, err := tensors[i].Float32s(nil)
		require.NoError(t, err)
		assert.Equal(t, p.Data, values)
	}
	before := bits(s)
	clear(tensors[0].Data)
	require.Equal(t, before, bits(s))
}

func TestLoadUnderstandsEveryFloatFormat(t *testing.T) {
	t.Parallel()
	const pi = float32(math.Pi)
	for dt, want := range map[dtype.DType]float32{dtype.F32: pi, dtype.F16: 3.140625, dtype.BF16: 3.140625} {
		tensor, err := dtype.FromFloat32s("w", []int{2}, []float32{pi, -0.5}, dt)
		require.NoError(t, err)
		require.Equal(t, []float32{want, -0.5}, loadVector(t, tensor), "%v", dt)
	}
	wide := dtype.Tensor{Name: "w", DType: dtype.F64, Shape: []int{2}, Data: make([]byte, 16)}
	for i, v := range []float64{math.Pi, -0.5} {
		for b := range 8 {
			wide.Data[8*i+b] = byte(math.Float64bits(v) >> (8 * b))
		}
	}
	require.Equal(t, []float32{pi, -0.5}, loadVector(t, wide))
}

func loadVector(t *testing.T, tensor dtype.Tensor) []float32 {
	t.Helper()
	s := newStore()
	w := vector(s, "w", 7, 7)
	_, err := s.Load(tensorsOf(tensor))
	require.NoError(t, err)
	return w.Data
}

func TestLoadReportsEveryKindOfMisfit(t *testing.T) {
	t.Parallel()
	s := newStore()
	vector(s, "a", 1, 1)
	vector(s, "b", 1)
	vector(s, "c", 1)
	before := bits(s)
	file := tensorsOf(floats("c", []int{1}, 9), floats("a", []int{1, 2}, 9, 9), floats("x", nil, 9), floats("bn.num_batches_tracked", nil, 9))
	want := nn.LoadReport{
		Loaded: []string{"c"}, Missing: []string{"b"}, Unexpected: []string{"x"}, Skipped: []string{"bn.num_batches_tracked"},
		Mismatched: []nn.Mismatch{{Name: "a", File: []int{1, 2}, Want: []int{2}}},
	}
	report, err := s.Load(file)
	assert.Equal(t, want, report)
	var misfit *nn.LoadError
	require.ErrorAs(t, err, &misfit)
	assert.Equal(t, want, misfit.Report)
	require.EqualError(t, err, `the weights do not fit the model: "a" is [1 2], but the model has [2]; 1 parameters are missing (["b"]); 1 tensors are not in the model (["x"])`)
	assert.Equal(t, before, bits(s), "the store is as it was")

	_, err = s.Load(file, nn.Partial())
	require.EqualError(t, err, `the weights do not fit the model: "a" is [1 2], but the model has [2]; 1 parameters are missing (["b"]); 1 tensors are not in the model (["x"])`,
		"shapes must fit even in part")
	assert.Equal(t, before, bits(s))
}

func TestPartialKeepsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newStore()
	a, b := vector(s, "a", 1), vector(s, "b", 2)
	report, err := s.Load(tensorsOf(floats("b", []int{1}, 9), floats("x", nil, 9)), nn.Partial())
	require.NoError(t, err)
	assert.Equal(t, nn.LoadReport{Loaded: []string{"b"}, Missing: []string{"a"}, Unexpected: []string{"x"}}, report)
	assert.Equal(t, []float32{1, 9}, []float32{a.Data[0], b.Data[0]})
}

func TestRenamesApplyInOrderAndSkipsToTheRenamed(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "fc.weight", 0)
	report, err := s.Load(
		tensorsOf(floats("model.linear.weight", []int{1}, 9), floats("model.head.weight", []int{1}, 8)),
		nn.Rename(regexp.MustCompile(`^model\.`), ""), nn.Rename(regexp.MustCompile(`^linear\.(.*)`), "fc.$1"),
		nn.Skip(regexp.MustCompile(`^head\.`)))
	require.NoError(t, err)
	assert.Equal(t, nn.LoadReport{Loaded: []string{"fc.weight"}, Skipped: []string{"head.weight"}}, report)
	assert.Equal(t, []float32{9}, w.Data)
}

func TestTwoTensorsForOneParameterAreRefused(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1)
	_, err := s.Load(tensorsOf(floats("w", []int{1}, 9), floats("module.w", []int{1}, 8)), nn.Rename(regexp.MustCompile(`^module\.`), ""))
	require.EqualError(t, err, `two tensors of the file are for parameter "w" (the second is "module.w"): rename or skip one`)
	require.Equal(t, []float32{1}, w.Data)
}

func TestAnErrorOfTheFileLeavesTheStore(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1)
	broken := errors.New("the disk is gone")
	_, err := s.Load(func(yield func(dtype.Tensor, error) bool) {
		_ = yield(floats("w", []int{1}, 9), nil) && yield(dtype.Tensor{}, broken)
	})
	require.ErrorIs(t, err, broken)
	require.Equal(t, []float32{1}, w.Data)
}

func TestTensorsThatAreNoFloatsOrTooShortAreRefused(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1)
	var cast *dtype.CastError
	_, err := s.Load(tensorsOf(dtype.Tensor{Name: "w", DType: dtype.U8, Shape: []int{1}, Data: []byte{1}}))
	require.ErrorAs(t, err, &cast)
	var size *dtype.SizeError
	_, err = s.Load(tensorsOf(dtype.Tensor{Name: "w", DType: dtype.F32, Shape: []int{1}, Data: []byte{1, 2, 3}}))
	require.ErrorAs(t, err, &size)
	require.Equal(t, []float32{1}, w.Data)
}

func TestScalarsAndEmptyParametersLoad(t *testing.T) {
	t.Parallel()
	s := newStore()
	scalar, none := s.Root().Buffer("scalar", 1), s.Root().Buffer("none", 1, 0)
	report, err := s.Load(tensorsOf(floats("none", []int{0}), floats("scalar", []int{}, 9)))
	require.NoError(t, err)
	assert.Equal(t, []string{"none", "scalar"}, report.Loaded)
	assert.Equal(t, []float32{9}, scalar.Data)
	assert.Empty(t, none.Data)
	_, err = s.Load(tensorsOf(floats("none", []int{0}), floats("none", []int{0}), floats("scalar", []int{}, 9)))
	require.ErrorContains(t, err, "two tensors of the file are for parameter")
}

func TestLoadErrorsAreOneLineWhateverTheFileSays(t *testing.T) {
	t.Parallel()
	hostile := "\x1b[2J\n" + strings.Repeat("x", 10_000)
	s := newStore()
	w := vector(s, "w", 1)
	vector(s, hostile+"2", 1, 2)
	for _, file := range []iter.Seq2[dtype.Tensor, error]{
		tensorsOf(floats(hostile, []int{1}, 1), floats(hostile+"1", []int{1}, 1)),
		tensorsOf(floats(hostile+"2", []int{1}, 1)),
		tensorsOf(floats("w", deep(100_000), 1)),
		tensorsOf(floats("w", []int{1}, 1), floats("w", []int{1}, 1)),
		tensorsOf(dtype.Tensor{Name: hostile + "2", DType: dtype.U8, Shape: []int{2}, Data: []byte{1, 2}}),
	} {
		_, err := s.Load(file)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "\n")
		assert.NotContains(t, err.Error(), "\x1b")
		assert.Less(t, len(err.Error()), 1000)
	}
	require.Equal(t, []float32{1}, w.Data)
}

// deep is a shape of one element and any number of axes.
func deep(axes int) []int {
	shape := make([]int, axes)
	for i := range shape {
		shape[i] = 1
	}
	return shape
}

func TestALongListOfMisfitsIsCounted(t *testing.T) {
	t.Parallel()
	s := newStore()
	nn.NewMLP(s.Root(), 2, 2, 2, 2)
	var shaped []dtype.Tensor
	for _, p := range s.Params() {
		shaped = append(shaped, floats(p.Name, []int{1}, 1))
	}
	_, err := s.Load(tensorsOf(shaped...))
	require.ErrorContains(t, err, `"0.bias" is [1], but the model has [2]; "2.weight"`)
	require.ErrorContains(t, err, "; 3 more shapes differ")
	_, err = s.Load(tensorsOf())
	require.EqualError(t, err, `the weights do not fit the model: 6 parameters are missing (["0.weight" "0.bias" "2.weight"] and 3 more)`)
}
