package inspect

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// rewritten copies a zip with one more entry and a comment.
func rewritten(t *testing.T, path, entry, content, comment string) string {
	t.Helper()
	old, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer old.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range old.File {
		require.NoError(t, w.Copy(f))
	}
	if entry != "" {
		e, err := w.CreateHeader(&zip.FileHeader{Name: entry, Method: zip.Store})
		require.NoError(t, err)
		_, err = e.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, w.SetComment(comment))
	require.NoError(t, w.Close())
	out := filepath.Join(t.TempDir(), "changed")
	require.NoError(t, os.WriteFile(out, b.Bytes(), 0o666))
	return out
}

func TestDataHiddenInAZipIsFound(t *testing.T) {
	t.Parallel()
	for _, format := range []serialize.Format{serialize.PyTorch, serialize.NPZ} {
		path := saveAs(t, format, nil, f32(t, "w", 3))
		assert.Empty(t, verified(t, path).Findings, "%s as it is written", format)

		v := verified(t, rewritten(t, path, "", "", "hello"))
		require.Len(t, v.Findings, 1, format)
		assert.Contains(t, v.Findings[0], "5 bytes in the comment of the zip")
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, append(whole, "junk"...), 0o666))
		v = verified(t, path)
		require.Len(t, v.Findings, 1, format)
		assert.Contains(t, v.Findings[0], "4 bytes after the end of the zip belong to nothing")
		assert.Len(t, v.Tensors, 1)
	}
}

func TestEntriesThatNoTensorRefersToAreFound(t *testing.T) {
	t.Parallel()
	path := saveAs(t, serialize.PyTorch, nil, f32(t, "w", 3))
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	top, _, _ := strings.Cut(z.File[0].Name, "/")
	require.NoError(t, z.Close())
	for _, entry := range []string{"/data/77", "/notes"} {
		v := verified(t, rewritten(t, path, top+entry, "hidden", ""))
		require.Len(t, v.Findings, 1)
		assert.Contains(t, v.Findings[0], "entry "+top+entry+": no tensor refers to its 6 bytes")
	}
	assert.Empty(t, verified(t, rewritten(t, path, top+"/.data/serialization_id", "0123", "")).Findings, "torch.save writes it")
}

// One rule for all formats: what is cut short breaks its format, which is an error and no finding.
func TestCutFilesAreErrorsInEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range serialize.Formats() {
		path := saveAs(t, format.Format, nil, f32(t, "w", 300))
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, n := range []int{len(whole) / 2, len(whole) - 40} {
			require.NoError(t, os.WriteFile(path, whole[:n], 0o666))
			_, err = Verify(context.Background(), path)
			assert.Error(t, err, "%s cut to %d of %d bytes", format.Format, n, len(whole))
		}
	}
}

func TestANameIsFoundOnceAndSaysWhere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.bin")
	call := "cposix\nsystem\nX\x04\x00\x00\x00true\x85R"
	require.NoError(t, os.WriteFile(path, []byte("\x80\x02"+call+"0"+call+"."), 0o666))
	v := verified(t, path)
	assert.Equal(t, 1, strings.Count(strings.Join(v.Findings, "\n"), "posix"), "%q", v.Findings)
	assert.Contains(t, v.Findings[0], "dangerous name posix.system at byte 2")

	var b bytes.Buffer
	require.NoError(t, torchfile.Write(&b, nil))
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o666))
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	top, _, _ := strings.Cut(z.File[0].Name, "/")
	require.NoError(t, z.Close())
	v = verified(t, rewritten(t, path, top+"/x.pkl", evil, ""))
	assert.Contains(t, v.Findings[0], "dangerous name posix.system in "+top+"/x.pkl at byte 2")
}
