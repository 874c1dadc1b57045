package torchfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

func TestStateDictsAreRead(t *testing.T) {
	t.Parallel()
	f := opened(t, good())
	assert.Equal(t, []dtype.Info{
		{Name: "w", DType: dtype.F32, Type: "F32", Shape: []int{6}, Bytes: 24},
		{Name: "t", DType: dtype.F32, Type: "F32", Shape: []int{2, 2}, Bytes: 16},
	}, f.Tensors())
	assert.Equal(t, []float32{0, 1, 2, 3, 4, 5}, values(t, f, "w"))
	assert.Equal(t, []float32{1, 3, 2, 4}, values(t, f, "t"))
	assert.Equal(t, [][]string{{"w", "t"}}, aliases(f))
	require.Len(t, f.Objects(), 1)
	assert.Equal(t, "epoch int 3", fmt.Sprint(f.Objects()[0].Name, " ", f.Objects()[0].Type, " ", f.Objects()[0].Text()))
	p, ok := f.Placement("t")
	assert.True(t, ok)
	assert.Equal(t, Placement{Storage: "0", Location: "cpu", Offset: 1, Strides: []int{1, 2}}, p)
	for _, name := range []string{"x", "epoch", ""} {
		_, err := f.Read(name)
		assert.ErrorIs(t, err, TensorNotFound, name)
		assert.ErrorIs(t, f.View(name, func([]byte) error { return nil }), TensorNotFound, name)
	}
	_, ok = f.Placement("x")
	assert.False(t, ok)
}

func TestViewShowsContiguousTensorsInPlaceAndCopiesOfOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.pt")
	require.NoError(t, os.WriteFile(path, good(), 0o600))
	f, err := Open(path)
	require.NoError(t, err)
	for _, name := range []string{"w", "t"} {
		want, err := f.Read(name)
		require.NoError(t, err)
		require.NoError(t, f.View(name, func(data []byte) error {
			assert.Equal(t, want.Data, data)
			return nil
		}))
		mine := errors.New("mine")
		assert.Equal(t, mine, f.View(name, func([]byte) error { return mine }))
	}
	var seen [2]*byte
	for i := range seen {
		require.NoError(t, f.View("w", func(data []byte) error { seen[i] = &data[0]; return nil }))
	}
	assert.Equal(t, f.source.Mapped(), seen[0] == seen[1], "in place where the system maps files")
	require.NoError(t, f.Close())
	assert.ErrorIs(t, f.View("w", func([]byte) error { return nil }), fs.ErrClosed)
	_, err = f.Read("t")
	assert.ErrorIs(t, err, fs.ErrClosed)
}

// TestNamesAreTheKeysThatLeadThere shows what a checkpoint becomes.
func TestNamesAreTheKeysThatLeadThere(t *testing.T) {
	t.Parallel()
	model := ordered(str("fc.weight"), vector("0", 2), str("fc.bias"), vector("1", 2)) + dictOf(str("_metadata"), ordered(str(""), dictOf(str("version"), num(1)))) + "b"
	f := opened(t, fileOf(pickled(dictOf(
		str("model"), model,
		str("optimizer"), dictOf(
			str("state"), dictOf(num(0), dictOf(str("step"), "G\x40\x14\x00\x00\x00\x00\x00\x00", str("exp_avg"), vector("2", 2))),
			str("param_groups"), "]("+dictOf(str("lr"), "G\x3f\xb9\x99\x99\x99\x99\x99\x9a", str("betas"), tup("G\x3f\xec\xcc\xcc\xcc\xcc\xcc\xcd", num(1)), str("params"), "](K\x00K\x01e")+"e",
		),
		str("history"), "]("+vector("0", 2)+num(7)+"e",
		str("name"), str("run\n1"),
		str("best"), "N",
		str("done"), "\x88",
		str("dtype"), glob("torch", "float16"),
		str("device"), call("torch", "device", str("cuda"), num(1)),
		str("seen"), call("__builtin__", "set", "](K\x01K\x02e"),
		str("bytes"), call("_codecs", "encode", str("a\u00ff"), str("latin1")),
		str("z"), call("__builtin__", "complex", "G\x3f\xf0\x00\x00\x00\x00\x00\x00", "G\x40\x00\x00\x00\x00\x00\x00\x00"),
		str("big"), "\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01",
		str("negative"), "J\xfe\xff\xff\xff",
		str("size"), call("torch", "Size", nums(2, 3)),
		str("empty"), "}",
	)), floats(2), floats(2), floats(2)))
	assert.Equal(t, []string{"model.fc.weight", "model.fc.bias", "optimizer.state.0.exp_avg", "history.0"}, names(f))
	var objects []string
	for _, o := range f.Objects() {
		objects = append(objects, o.Name+" "+o.Type+" "+o.Text())
	}
	assert.Equal(t, []string{
		`model._metadata OrderedDict {"": {"version": 1}}`, "optimizer.state.0.step float 5.0", "optimizer.param_groups.0.lr float 0.1",
		"optimizer.param_groups.0.betas tuple (0.9, 1)", "optimizer.param_groups.0.params list [0, 1]", "history.1 int 7", "name str run\n1", "best NoneType None",
		"done bool True", "dtype torch.dtype torch.float16", "device torch.device cuda:1", "seen set {1, 2}", `bytes bytes b"a\xff"`, "z complex (1+2j)",
		"big int 18446744073709551616", "negative int -2", "size tuple (2, 3)", "empty dict {}",
	}, objects)
	assert.Equal(t, [][]string{{"model.fc.weight", "history.0"}}, aliases(f))
}

func TestALoneTensorHasAName(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"tensor"}, names(opened(t, fileOf(pickled(vector("0", 3)), floats(3)))))
	assert.Equal(t, []string{"tensor"}, names(opened(t, fileOf(pickled(idOf("FloatStorage", "0", 3)), floats(3)))))
	assert.Equal(t, []string{"0", "1"}, names(opened(t, fileOf(pickled(tup(vector("0", 3), vector("0", 3))), floats(3)))))
	f := opened(t, fileOf(pickled(num(5))))
	assert.Empty(t, f.Tensors())
	assert.Equal(t, "5", f.Objects()[0].Text())
	assert.Empty(t, opened(t, fileOf(pickled("}"))).Tensors())
}

func TestViewsOfAnyStridesAreCopiedRowMajor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		offset        int64
		size, strides []int64
		want          []float32
	}{
		{"a scalar", 4, nil, nil, []float32{4}},
		{"nothing", 3, []int64{0, 5}, []int64{5, 1}, nil},
		{"nothing at the end", 24, []int64{0}, []int64{1}, nil},
		{"a row", 6, []int64{3}, []int64{1}, []float32{6, 7, 8}},
		{"a column", 1, []int64{4}, []int64{6}, []float32{1, 7, 13, 19}},
		{"transposed", 0, []int64{3, 2}, []int64{1, 6}, []float32{0, 6, 1, 7, 2, 8}},
		{"permuted", 0, []int64{2, 2, 3}, []int64{3, 12, 1}, []float32{0, 1, 2, 12, 13, 14, 3, 4, 5, 15, 16, 17}},
		{"a dimension of one with any stride", 2, []int64{1, 2, 1}, []int64{99, 1, 1 << 60}, []float32{2, 3}},
		{"expanded", 5, []int64{2, 2}, []int64{0, 0}, []float32{5, 5, 5, 5}},
		{"windows", 0, []int64{3, 2}, []int64{1, 1}, []float32{0, 1, 1, 2, 2, 3}},
	} {
		f := opened(t, fileOf(pickled(ordered(str("x"), view(idOf("FloatStorage", "0", 24), c.offset, c.size, c.strides))), floats(24)))
		got := values(t, f, "x")
		assert.ElementsMatch(t, c.want, got, c.name)
		assert.True(t, len(got) == 0 || assert.ObjectsAreEqual(c.want, got), "%s: %v", c.name, got)
		require.NoError(t, f.View("x", func(data []byte) error { assert.Len(t, data, 4*len(c.want), c.name); return nil }))
	}
}

func TestBigEndianFilesAreTurnedAround(t *testing.T) {
	t.Parallel()
	complexView := view(idOf("ComplexFloatStorage", "1", 1), 0, []int64{1}, []int64{1})
	b := zipped(part{"a/data.pkl", pickled(ordered(str("x"), vector("0", 1), str("c"), complexView, str("u"), view(idOf("ByteStorage", "0", 4), 0, []int64{4}, []int64{1})))},
		part{"a/byteorder", "big"}, part{"a/data/0", "\x3f\x80\x00\x00"}, part{"a/data/1", "\x3f\x80\x00\x00\x40\x00\x00\x00"}, part{"a/version", "3"})
	_, err := open(b)
	require.ErrorIs(t, err, BadTensor, "one storage of two types")
	b = zipped(part{"a/data.pkl", pickled(ordered(str("x"), vector("0", 1), str("c"), complexView))},
		part{"a/byteorder", "big"}, part{"a/data/0", "\x3f\x80\x00\x00"}, part{"a/data/1", "\x3f\x80\x00\x00\x40\x00\x00\x00"}, part{"a/version", "3"})
	f := opened(t, b)
	assert.Equal(t, []float32{1}, values(t, f, "x"))
	c, err := f.Read("c")
	require.NoError(t, err)
	assert.Equal(t, "\x00\x00\x80\x3f\x00\x00\x00\x40", string(c.Data))
}

func TestConjugatesAndNegativesAreComputed(t *testing.T) {
	t.Parallel()
	lazy := func(class, flag string) []byte {
		return fileOf(pickled(ordered(str("x"), call("torch._utils", "_rebuild_tensor_v2",
			idOf(class, "0", 1), num(0), nums(1), nums(1), "\x88", noHooks(), dictOf(str(flag), "\x88")))), "\x00\x00\x80\x3f\x00\x00\x00\x40"[:map[string]int{"ComplexFloatStorage": 8, "FloatStorage": 4, "IntStorage": 4}[class]])
	}
	x, err := opened(t, lazy("ComplexFloatStorage", "conj")).Read("x")
	require.NoError(t, err)
	assert.Equal(t, "\x00\x00\x80\x3f\x00\x00\x00\xc0", string(x.Data))
	x, err = opened(t, lazy("ComplexFloatStorage", "neg")).Read("x")
	require.NoError(t, err)
	assert.Equal(t, "\x00\x00\x80\xbf\x00\x00\x00\xc0", string(x.Data))
	x, err = opened(t, lazy("FloatStorage", "neg")).Read("x")
	require.NoError(t, err)
	assert.Equal(t, "\x00\x00\x80\xbf", string(x.Data))
	for _, b := range [][]byte{lazy("FloatStorage", "conj"), lazy("IntStorage", "neg"), lazy("FloatStorage", "other")} {
		_, err = open(b)
		assert.ErrorIs(t, err, BadTensor)
	}
}

func TestParametersAndOldTensorsAreRead(t *testing.T) {
	t.Parallel()
	parameter := call("torch._utils", "_rebuild_parameter", vector("0", 2), "\x88", noHooks())
	withState := call("torch._utils", "_rebuild_parameter_with_state", vector("0", 2), "\x88", noHooks(), dictOf(str("tag"), num(1)))
	subclass := call("torch._tensor", "_rebuild_from_type_v2", glob("torch._utils", "_rebuild_tensor_v2"), glob("torch", "Tensor"),
		tup(idOf("FloatStorage", "0", 2), num(0), nums(2), nums(1), "\x88", noHooks()), dictOf(str("a"), num(1)))
	v1 := call("torch._utils", "_rebuild_tensor", idOf("FloatStorage", "0", 2), num(0), nums(2), nums(1))
	built := glob("torch", "FloatTensor") + ")\x81" + tup(idOf("FloatStorage", "0", 2), num(0), nums(2), nums(1)) + "b"
	variable := glob("torch.nn.parameter", "Parameter") + ")\x81" + tup(vector("0", 2), "N", noHooks(), "\x88", "\x89") + "b"
	f := opened(t, fileOf(pickled(ordered(str("p"), parameter, str("s"), withState, str("c"), subclass, str("v1"), v1, str("b"), built, str("v"), variable, str("x"), vector("0", 2))), floats(2)))
	for name, want := range map[string][2]bool{"p": {true, true}, "s": {true, true}, "c": {false, true}, "v1": {}, "b": {}, "v": {true, true}, "x": {}} {
		assert.Equal(t, []float32{0, 1}, values(t, f, name), name)
		p, _ := f.Placement(name)
		assert.Equal(t, want, [2]bool{p.Parameter, p.RequiresGrad}, name)
	}
}

func TestWhatIsNoPlainTensorIsListed(t *testing.T) {
	t.Parallel()
	sparse := call("torch._utils", "_rebuild_sparse_tensor", call("torch.serialization", "_get_layout", str("torch.sparse_coo")),
		tup(view(idOf("LongStorage", "1", 1), 0, []int64{1, 1}, []int64{1, 1}), vector("0", 2), call("torch", "Size", nums(4)), "\x88"))
	meta := call("torch._utils", "_rebuild_meta_tensor_no_storage", glob("torch", "float32"), nums(5), nums(1), "\x89")
	quantized := call("torch._utils", "_rebuild_qtensor", idOf("QInt8Storage", "2", 2), num(0), nums(2), nums(1),
		tup(glob("torch", "per_tensor_affine"), "G\x3f\xe0\x00\x00\x00\x00\x00\x00", num(3)), "\x89", noHooks())
	double := view(idOf("ComplexDoubleStorage", "3", 1), 0, []int64{1}, []int64{1})
	onDevice := call("torch._utils", "_rebuild_device_tensor_from_cpu_tensor", vector("0", 2), glob("torch", "float32"), str("xla:0"), "\x88")
	f := opened(t, fileOf(pickled(ordered(str("s"), sparse, str("m"), meta, str("q"), quantized, str("z"), double, str("d"), onDevice)), floats(2), floats(2), "\x01\xff", floats(4)))
	assert.Equal(t, []string{"s.indices", "s.values", "q", "z", "d"}, names(f))
	assert.Equal(t, dtype.Info{Name: "q", Type: "qint8", Shape: []int{2}, Bytes: 2}, f.Tensors()[2])
	p, _ := f.Placement("q")
	assert.Equal(t, "(torch.per_tensor_affine, 0.5, 3)", p.Quantizer)
	_, err := f.Read("q")
	assert.ErrorIs(t, err, Unsupported)
	require.NoError(t, f.View("q", func(data []byte) error { assert.Equal(t, "\x01\xff", string(data)); return nil }))
	assert.Equal(t, "s", f.Objects()[0].Name)
	assert.Equal(t, "torch.sparse_coo", f.Objects()[0].Type)
	assert.Contains(t, f.Objects()[3].Text(), "without data, of size (5)")
}

func TestChecksumsAreComparedWhenAllOfATensorIsRead(t *testing.T) {
	t.Parallel()
	b := fileOf(pickled(ordered(
		str("w"), vector("0", 6), str("transposed"), view(idOf("FloatStorage", "0", 6), 0, []int64{2, 2}, []int64{1, 2}),
		str("part"), view(idOf("FloatStorage", "0", 6), 0, []int64{4}, []int64{1}),
	)), floats(6))
	at := bytes.Index(b, []byte(floats(6)))
	b[at+9]++
	f := opened(t, b)
	none := func([]byte) error { return nil }
	for _, name := range []string{"w", "transposed", "part"} {
		_, err := f.Read(name)
		require.ErrorIs(t, err, BadChecksum)
		assert.Contains(t, err.Error(), fmt.Sprintf("tensor %q", name))
		require.ErrorIs(t, f.View(name, none), BadChecksum)
	}
	s, err := f.Stored("w")
	require.NoError(t, err)
	require.NoError(t, s.View(16, 24, none), "a slice")
	require.NoError(t, s.View(0, 8, none))
	require.ErrorIs(t, s.View(8, 16, none), BadChecksum, "what was looked at is all of it")

	zeros := []byte{0, 0, 0, 0}
	b = patched(patched(b, "a/data/0", true, 14, zeros...), "a/data/0", false, 16, zeros...)
	require.NoError(t, opened(t, b).View("w", none), "PyTorch was told to compute none")
}

func TestAFileCutShortWhileItIsReadIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.pt")
	big := floats(1 << 16)
	require.NoError(t, os.WriteFile(path, fileOf(pickled(ordered(str("w"), vector("0", 1<<16))), big), 0o600))
	f, err := Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	if err := os.Truncate(path, 4096); err != nil {
		t.Skipf("the system lets nobody cut a file that is mapped: %v", err)
	}
	_, err = f.Read("w")
	assert.ErrorContains(t, err, "became shorter")
}

func TestOtherFilesAreRefusedByWhatTheyAre(t *testing.T) {
	t.Parallel()
	tar := make([]byte, 512)
	copy(tar[257:], "ustar")
	for _, c := range []struct {
		name, start string
		kind        Kind
		detail      string
	}{
		{"nothing", "", NotTorch, "empty"},
		{"a byte", "\x80", NotTorch, `begins with "\x80"`},
		{"text", "hello world", NotTorch, "hello"},
		{"7z", "7z\xbc\xaf\x27\x1c", NotTorch, "7z"},
		{"tar", string(tar), Unsupported, "tar"},
		{"preview", "PYTORCH1........", Unsupported, "preview"},
		{"picture", "\x89PNG\r\n\x1a\n", NotTorch, "PNG"},
		{"GGUF", "GGUF\x03\x00\x00\x00", NotTorch, "GGUF"},
		{"safetensors", "\x08\x00\x00\x00\x00\x00\x00\x00{}      ", NotTorch, "safetensors"},
		{"empty zip", string(zipped()), BadArchive, "no entries"},
		{"other zip", string(zipped(part{"word/document.xml", "<x/>"})), NotTorch, "data.pkl"},
		{"flat zip", string(zipped(part{"data.pkl", pickled("N")})), NotTorch, "in no folder"},
		{"a bare pickle", pickled("N"), NotTorch, "magic number"},
		{"TorchScript", string(zipped(part{"a/data.pkl", pickled("N")}, part{"a/constants.pkl", pickled("N")}, part{"a/version", "3"})), Unsupported, "TorchScript"},
	} {
		_, err := open([]byte(c.start))
		require.ErrorIs(t, err, c.kind, "%s: %v", c.name, err)
		assert.ErrorContains(t, err, c.detail, c.name)
	}
	_, err := Open(t.TempDir())
	assert.ErrorContains(t, err, "directory")
	_, err = Open(filepath.Join(t.TempDir(), "absent"))
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

func TestNumbersPrintAsInPython(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"1234567.0": 1234567.0, "100000000.0": 1e8, "9999999999999998.0": 9999999999999998.0, "1e+16": 1e16, "1.5e+300": 1.5e300,
		"0.0001": 1e-4, "9.5e-05": 9.5e-5, "0.0": 0.0, "-0.0": math.Copysign(0, -1), "0.1": 0.1, "inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN(),
		"2j": complex(0, 2), "(1-2.5j)": complex(1, -2.5), "(-0+1e+16j)": complex(math.Copysign(0, -1), 1e16), "(1+nanj)": complex(1, math.NaN()),
	} {
		assert.Equal(t, want, text(v))
	}
}
