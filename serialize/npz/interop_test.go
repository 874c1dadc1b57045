package npz

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
)

func TestNumPyReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	want := samples(t)
	require.NoError(t, Save(filepath.Join(dir, "x.npz"), want))
	require.NoError(t, SaveArray(filepath.Join(dir, "x.npy"), want[2]))
	out := interop.Run(t, `
import json, sys, numpy as np
with np.load(sys.argv[1] + "/x.npz", allow_pickle=False) as z:
    found = {name: [z[name].dtype.str, list(z[name].shape), z[name].tobytes().hex()] for name in z.files}
lone = np.load(sys.argv[1] + "/x.npy", allow_pickle=False)
found["lone"] = [lone.dtype.str, list(lone.shape), lone.tobytes().hex()]
np.save(sys.argv[1] + "/numpy.npy", lone)
print(json.dumps(found))
if open(sys.argv[1] + "/numpy.npy", "rb").read() != open(sys.argv[1] + "/x.npy", "rb").read():
    sys.exit("np.save writes other bytes")
`, dir)
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
