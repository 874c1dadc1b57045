package inspect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/torchfile"
)

func verified(t testing.TB, path string) *Verification {
	t.Helper()
	v, err := Verify(context.Background(), path)
	require.NoError(t, err)
	return v
}

func TestHashesAreThoseOfTheBytesInEveryFormat(t *testing.T) {
	t.Parallel()
	w := f32(t, "fc.weight", 2, 3)
	sum := sha256.Sum256(w.Data)
	for _, to := range serialize.Formats() {
		v := verified(t, saveAs(t, to.Format, nil, w))
		assert.Equal(t, string(to.Format), v.Format)
		assert.Empty(t, v.Findings, to.Format)
		require.Len(t, v.Tensors, 1)
		assert.Equal(t, hex.EncodeToString(sum[:]), v.Tensors[0].SHA256)
		assert.Equal(t, []int{2, 3}, v.Tensors[0].Shape)
	}
}

func TestManifestFindsEveryChange(t *testing.T) {
	t.Parallel()
	whole := []dtype.Tensor{f32(t, "a", 2), f32(t, "b", 3), f32(t, "c", 4)}
	var b strings.Builder
	require.NoError(t, verified(t, save(t, nil, whole...)).WriteJSON(&b))
	manifest, err := ReadManifest(strings.NewReader(b.String()))
	require.NoError(t, err)

	v := verified(t, save(t, nil, whole...))
	v.Against(manifest)
	assert.Empty(t, v.Findings)

	v = verified(t, save(t, nil, f32Of(t, "a", []float32{1, 2.5}, 2), f32(t, "b", 3, 1), f32(t, "d", 1)))
	v.Against(manifest)
	assert.Equal(t, []string{
		"tensor a: its bytes are not those of the manifest", "tensor b: it is F32 [3 1], and F32 [3] in the manifest",
		"tensor d: the manifest does not name it", "tensor c: it is missing",
	}, v.Findings)

	for _, text := range []string{"", "[]", "{}", `{"tensors":1}`} {
		_, err := ReadManifest(strings.NewReader(text))
		assert.ErrorContains(t, err, "heft verify --json", text)
	}
}

func TestDataHiddenInAGGUFFileIsFound(t *testing.T) {
	t.Parallel()
	path := saveAs(t, serialize.GGUF, nil, f32(t, "a", 1), f32(t, "b", 1)) // 28 bytes of padding between them
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	whole[len(whole)-32-10] = 1
	require.NoError(t, os.WriteFile(path, whole, 0o666))
	v := verified(t, path)
	require.Len(t, v.Findings, 1)
	assert.Contains(t, v.Findings[0], "belong to no tensor")
}

// evil is a pickle that would run a command: c posix system, a text, a tuple of one, R.
const evil = "\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R."

func TestPicklesAreScannedAndNotRun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.bin")
	require.NoError(t, os.WriteFile(path, []byte(evil), 0o666))
	v := verified(t, path)
	assert.Empty(t, v.Format)
	require.NotEmpty(t, v.Findings)
	assert.Contains(t, v.Findings[0], "dangerous name posix.system")
	var text strings.Builder
	require.NoError(t, v.WriteText(&text, Layout{Width: 100}))
	assert.Contains(t, text.String(), "\nfindings\n")
	requireHarmless(t, text.String())
}

func TestEveryFileOfAnIndexIsScanned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		var b bytes.Buffer
		require.NoError(t, torchfile.Write(&b, []dtype.Tensor{f32(t, name, 2)}))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".bin"), b.Bytes(), 0o666))
	}
	index, err := json.Marshal(map[string]any{"weight_map": map[string]string{"a": "a.bin", "b": "b.bin"}})
	require.NoError(t, err)
	path := filepath.Join(dir, "pytorch_model.bin.index.json")
	require.NoError(t, os.WriteFile(path, index, 0o666))
	assert.Equal(t, []string{filepath.Join(dir, "a.bin"), filepath.Join(dir, "b.bin")}, opened(t, dir).Files())
	assert.Len(t, verified(t, dir).Tensors, 2)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.bin"), []byte(evil), 0o666))
	assert.Contains(t, strings.Join(verified(t, dir).Findings, "\n"), "dangerous name posix.system")
}

func TestOneBitOfDamageIsToldByVerifyAndCompare(t *testing.T) {
	t.Parallel()
	w := f32(t, "fc.weight", 2, 3)
	for _, format := range []serialize.Format{serialize.PyTorch, serialize.NPZ} {
		path := saveAs(t, format, nil, w)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		whole[bytes.Index(whole, w.Data)+5] ^= 4
		require.NoError(t, os.WriteFile(path, whole, 0o666))
		_, err = Verify(context.Background(), path)
		require.ErrorContains(t, err, "checksum", format)
		_, err = Compare(context.Background(), opened(t, path), opened(t, save(t, nil, w)), Tolerance{})
		require.ErrorContains(t, err, "checksum", format)
	}
}

func TestVerifyTellsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	_, err := Verify(context.Background(), filepath.Join(t.TempDir(), "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
	whole, err := os.ReadFile(save(t, nil, f32(t, "x", 100)))
	require.NoError(t, err)
	cut := filepath.Join(t.TempDir(), "cut")
	require.NoError(t, os.WriteFile(cut, whole[:len(whole)-8], 0o666))
	_, err = Verify(context.Background(), cut)
	require.ErrorContains(t, err, "truncated download?")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Verify(ctx, save(t, nil, f32(t, "x", 1)))
	require.ErrorIs(t, err, context.Canceled)
}

func TestTextOfAVerificationIsBoundedAndHarmless(t *testing.T) {
	t.Parallel()
	v := &Verification{File: "a\x1b", Tensors: []Hash{{Name: "n\a", DType: "\x1b", Shape: []int{1}, SHA256: "00"}}}
	for range 1000 {
		v.find("\x1b[2J")
	}
	var text strings.Builder
	require.NoError(t, v.WriteText(&text, Layout{Width: 80, ASCII: true}))
	requireHarmless(t, text.String())
	assert.Contains(t, text.String(), "... and 900 more\n")
	assert.Less(t, strings.Count(text.String(), "\n"), 120)
}

func FuzzReadManifest(f *testing.F) {
	var b strings.Builder
	require.NoError(f, (&Verification{File: "m", Format: "gguf", Tensors: []Hash{{"a\x1b", "F32", []int{2}, "00"}}, Findings: []string{"x"}}).WriteJSON(&b))
	for _, seed := range []string{b.String(), "", "[]", "{}", `{"tensors":1}`, `{"tensors":[{"shape":null}],"findings":null} more`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadManifest(strings.NewReader(text))
		if err != nil {
			return
		}
		var b strings.Builder
		require.NoError(t, m.WriteJSON(&b))
		again, err := ReadManifest(strings.NewReader(b.String()))
		require.NoError(t, err)
		require.Equal(t, m, again)
		m.Against(again)
	})
}
