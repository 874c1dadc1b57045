package npz

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/internal/testmode"
)

func TestNumPyReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	want := samples(t)
	require.NoError(t, Save(filepath.Join(dir, "x.npz"), want))
	require.NoError(t, SaveArray(filepath.Join(dir, "x.npy"), want[2]))
	require.NoError(t, Save(filepath.Join(dir, "none.npz"), nil))
	many := make([]dtype.Tensor, 10_000)
	for i := range many {
		many[i] = dtype.Tensor{Name: fmt.Sprintf("層.%d", i), DType: dtype.I32, Shape: []int{1}, Data: []byte{byte(i), byte(i >> 8), 0, 0}}
	}
	require.NoError(t, Save(filepath.Join(dir, "many.npz"), many))
	out := interop.Run(t, `
import json, sys, numpy as np
with np.load(sys.argv[1] + "/x.npz", allow_pickle=False) as z:
    found = {name: [z[name].dtype.str, list(z[name].shape), z[name].tobytes().hex()] for name in z.files}
with np.load(sys.argv[1] + "/none.npz", allow_pickle=False) as z:
    assert not z.files, z.files
with np.load(sys.argv[1] + "/many.npz", allow_pickle=False) as z:
    assert z.files == [f"層.{i}" for i in range(10000)], z.files[:5]
    assert all(z[f"層.{i}"].tolist() == [i] for i in range(0, 10000, 7))
    np.savez(sys.argv[1] + "/back.npz", **{name: z[name] for name in z.files})
lone = np.load(sys.argv[1] + "/x.npy", allow_pickle=False)
found["lone"] = [lone.dtype.str, list(lone.shape), lone.tobytes().hex()]
np.save(sys.argv[1] + "/numpy.npy", lone)
print(json.dumps(found))
if open(sys.argv[1] + "/numpy.npy", "rb").read() != open(sys.argv[1] + "/x.npy", "rb").read():
    sys.exit("np.save writes other bytes")
`, dir)
	back, err := Open(filepath.Join(dir, "back.npz"))
	require.NoError(t, err)
	require.Len(t, back.Tensors(), len(many))
	for _, w := range []dtype.Tensor{many[0], many[9_999]} {
		got, err := back.Read(w.Name)
		require.NoError(t, err)
		assert.Equal(t, w, got)
	}
	require.NoError(t, back.Close())
	var found map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &found))
	require.Len(t, found, len(want)+1)
	expect := func(name string, w dtype.Tensor) {
		descr, _ := spelling(w.DType)
		shape := []any{}
		for _, n := range w.Shape {
			shape = append(shape, float64(n))
		}
		assert.Equal(t, []any{descr, shape, hexOf(w.Data)}, found[name], name)
	}
	for _, w := range want {
		expect(w.Name, w)
	}
	expect("lone", want[2])
}

func hexOf(data []byte) string {
	const digits = "0123456789abcdef"
	b := make([]byte, 0, 2*len(data))
	for _, x := range data {
		b = append(b, digits[x>>4], digits[x&15])
	}
	return string(b)
}

// TestWhatNumPyWritesIsRead has every type in both orders of bytes and of indices, stored, deflated and in zip64's form.
func TestWhatNumPyWritesIsRead(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	out := interop.Run(t, `
import json, sys, numpy as np
arrays, values = {}, {}
for kind in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8"]:
    for order in "<>":
        for layout in "CF":
            for shape in [(), (0, 2), (5,), (2, 3), (3, 1, 2, 2)]:
                n = int(np.prod(shape))
                a = (np.arange(n) * 7 % 5).reshape(shape).astype(order + kind)
                name = f"{order}{kind}{layout}{n}/ü"
                arrays[name] = np.asarray(a, order=layout)
                values[name] = [list(shape), np.ascontiguousarray(a).astype("<" + kind).tobytes().hex()]
np.savez(sys.argv[1] + "/stored.npz", **arrays)
np.savez_compressed(sys.argv[1] + "/deflated.npz", **arrays)
np.savez(sys.argv[1] + "/others.npz", o=np.array([None, {}]), s=np.array(["ab", "c"]), z=np.zeros(3, "c16"), r=np.zeros(2, [("a", "f4"), ("b", "O")]))
np.savez(sys.argv[1] + "/none.npz")
print(json.dumps(values))
`, dir)
	var want map[string][2]any
	require.NoError(t, json.Unmarshal([]byte(out), &want))
	require.Equal(t, 13*2*2*5, len(want))
	for _, name := range []string{"stored.npz", "deflated.npz"} {
		f, err := Open(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, len(want), len(f.Tensors()))
		for _, info := range f.Tensors() {
			got, err := f.Read(info.Name)
			require.NoError(t, err, info.Name)
			assert.Equal(t, want[info.Name][1], hexOf(got.Data), info.Name)
			assert.Len(t, info.Shape, len(want[info.Name][0].([]any)))
		}
		require.NoError(t, f.Close())
	}
	f, err := Open(filepath.Join(dir, "others.npz"))
	require.NoError(t, err)
	for name, kind := range map[string]Kind{"o": ObjectArray, "s": Unsupported, "z": Unsupported, "r": ObjectArray} {
		_, err := f.Read(name)
		require.ErrorIs(t, err, kind, name)
	}
	require.NoError(t, f.Close())
	f, err = Open(filepath.Join(dir, "none.npz"))
	require.NoError(t, err)
	assert.Empty(t, f.Tensors())
	require.NoError(t, f.Close())
}

// TestArchivesBeyond4GiB needs the zip's 64-bit form, for the entry that is larger and for the one that begins behind it.
func TestArchivesBeyond4GiB(t *testing.T) {
	t.Parallel()
	if !testmode.Full() {
		t.Skip("run with -full to write a file of more than 4 GiB")
	}
	const large = 1<<32 + 10
	path := filepath.Join(t.TempDir(), "large.npz")
	infos := []dtype.Info{{Name: "large", DType: dtype.U8, Shape: []int{large}}, {Name: "small", DType: dtype.U8, Shape: []int{3}}}
	piece := bytes.Repeat([]byte{7}, 1<<20)
	require.NoError(t, Create(path, infos, func(info dtype.Info, w io.Writer) error {
		for left := info.Bytes; left > 0; {
			n, err := w.Write(piece[:min(left, int64(len(piece)))])
			if left -= int64(n); err != nil {
				return err
			}
		}
		return nil
	}))
	f, err := Open(path)
	require.NoError(t, err)
	s, err := f.Stored("large")
	require.NoError(t, err)
	require.NoError(t, s.View(large-5, large, func(data []byte) error { assert.Equal(t, piece[:5], bytes.Clone(data)); return nil }))
	small, err := f.Read("small")
	require.NoError(t, err)
	assert.Equal(t, piece[:3], small.Data)
	require.NoError(t, f.Close())
	out := interop.Run(t, `
import sys, numpy as np
with np.load(sys.argv[1]) as z:
    print(z["small"].tolist(), z.zip.getinfo("large.npy").file_size)
`, path)
	assert.Equal(t, fmt.Sprintf("[7, 7, 7] %d\n", large+128), out)
}
