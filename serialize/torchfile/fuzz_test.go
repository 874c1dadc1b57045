package torchfile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// readAll reads what can be read of a file, and checks what it says of itself.
func readAll(t *testing.T, b []byte) {
	f, err := open(b)
	report := scanned(t, b)
	if err != nil {
		require.NotContains(t, err.Error(), "\n")
		require.Error(t, report.Refusal)
		return
	}
	require.NoError(t, report.Refusal)
	require.Equal(t, Innocuous, report.Worst(), "what is read mentions nothing else: %+v", report.Globals)
	var copies []dtype.Tensor
	for _, info := range f.Tensors() {
		if info.Bytes > 1<<20 {
			continue
		}
		viewErr := f.View(info.Name, func(data []byte) error { require.Len(t, data, int(info.Bytes)); return nil })
		tensor, err := f.Read(info.Name)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			continue
		}
		require.NoError(t, viewErr)
		require.NoError(t, tensor.Check())
		if len(tensor.Name) <= longestKey {
			copies = append(copies, tensor)
		}
	}
	for _, o := range f.Objects() {
		_ = o.Text()
	}
	again := opened(t, written(t, copies))
	for _, want := range copies {
		got, err := again.Read(want.Name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// FuzzContainer wants no panic for any bytes, and of what is read a copy that says the same.
func FuzzContainer(f *testing.F) {
	for _, c := range archiveTricks() {
		f.Add(c.file)
	}
	w := pickled(ordered(str("w"), view(legacyID("1", 2, "N"), 0, []int64{2}, []int64{1})))
	f.Add(legacyOf(w, "1", floats(2)))
	f.Add(good())
	f.Add(deflated(pickled(ordered(str("w"), vector("0", 6))), floats(6), 0))
	f.Fuzz(readAll)
}

// FuzzPickle wants the same of any pickle in a container that is in order.
func FuzzPickle(f *testing.F) {
	for _, c := range brokenPickles() {
		f.Add([]byte(c.pickle))
	}
	for _, pickle := range spellings("os", "system") {
		f.Add([]byte(pickle))
	}
	f.Add([]byte(pickled(ordered(str("w"), vector("0", 6), str("t"), view(idOf("FloatStorage", "0", 6), 1, []int64{2, 2}, []int64{1, 2})))))
	f.Fuzz(func(t *testing.T, pickle []byte) {
		readAll(t, fileOf(string(pickle), floats(6), "", "\x01"))
		readAll(t, legacyOf(string(pickle), "0", floats(6)))
	})
}
