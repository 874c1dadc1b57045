package torchfile

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
)

// pickleOf returns data.pkl of a zip.
func pickleOf(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, z.Close()) }()
	for _, f := range z.File {
		if filepath.Base(f.Name) == pickleName {
			r, err := f.Open()
			require.NoError(t, err)
			data, err := io.ReadAll(r)
			require.NoError(t, err)
			return string(data)
		}
	}
	t.Fatal("no data.pkl")
	return ""
}

// TestPyTorchReadsOurFilesAndWritesTheSamePickle exchanges every dtype, unicode names, shared storages, no tensors, and 10,000 of them, both ways and by
// every way that PyTorch has to load.
func TestPyTorchReadsOurFilesAndWritesTheSamePickle(t *testing.T) {
	t.Parallel()
	many := make([]dtype.Tensor, 10_001)
	for i := range many {
		many[i] = dtype.Tensor{Name: fmt.Sprint(i), DType: dtype.I32, Shape: []int{1}, Data: []byte{byte(i), byte(i >> 8), 0, 0}}
	}
	data := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	shared := []dtype.Tensor{
		{Name: "a", DType: dtype.F32, Shape: []int{2}, Data: data}, {Name: "b", DType: dtype.I64, Shape: []int{}, Data: []byte{1, 0, 0, 0, 0, 0, 0, 0}},
		{Name: "雪.\U0001F600\n\"'", DType: dtype.F32, Shape: []int{2, 1}, Data: data},
	}
	wide := []dtype.Tensor{{Name: "wide", DType: dtype.U8, Shape: []int{1, 70_000}, Data: make([]byte, 70_000)}}
	sets := map[string][]dtype.Tensor{"types": everyType(), "many": many, "none": {}, "one": many[:1], "thousand": many[:1000], "shared": shared, "wide": wide}
	dir := t.TempDir()
	for name, tensors := range sets {
		require.NoError(t, Save(filepath.Join(dir, name+".pt"), tensors))
	}
	out := interop.Run(t, `
import collections, json, os, sys, torch
seen = {}
for name in sorted(os.listdir(sys.argv[1])):
    path = os.path.join(sys.argv[1], name)
    loaded = torch.load(path, weights_only=True)
    assert type(loaded) is collections.OrderedDict, type(loaded)
    mapped = torch.load(path, weights_only=True, mmap=True)
    os.environ["TORCH_SERIALIZATION_DEBUG"] = "1"  # compares where storages are with where they are computed to be
    checked = torch.load(path, weights_only=False)
    assert list(mapped) == list(checked) == list(loaded)
    for key, t in loaded.items():
        flat = lambda x: x.contiguous().reshape(-1).view(torch.uint8)
        assert torch.equal(flat(t), flat(mapped[key])) and torch.equal(flat(t), flat(checked[key])), key
    torch.save(loaded, path + ".python")
    torch.save(loaded, path + ".legacy", _use_new_zipfile_serialization=False)
    seen[name] = {key: [str(t.dtype), list(t.shape)] for key, t in loaded.items()}
    if name == "shared.pt":
        keys = list(loaded)
        assert loaded[keys[0]].untyped_storage().data_ptr() == loaded[keys[2]].untyped_storage().data_ptr()
print(json.dumps(seen))
`, dir)
	var seen map[string]map[string][2]any
	require.NoError(t, json.Unmarshal([]byte(out), &seen))
	assert.Equal(t, [2]any{"torch.bfloat16", []any{2.0, 3.0}}, seen["types.pt"]["é.BF16.[2 3]"])
	assert.Equal(t, [2]any{"torch.float8_e4m3fn", []any{}}, seen["types.pt"]["é.F8_E4M3.[]"])
	for name, tensors := range sets {
		require.Len(t, seen[name+".pt"], len(tensors))
		path := filepath.Join(dir, name+".pt")
		assert.True(t, pickleOf(t, path) == pickleOf(t, path+".python"), "%s: PyTorch writes another pickle", name)
		for _, theirs := range []string{path + ".python", path + ".legacy"} {
			f, err := Open(theirs)
			require.NoError(t, err)
			require.Len(t, f.Tensors(), len(tensors))
			for i, want := range tensors {
				got, err := f.Read(f.Tensors()[i].Name)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
			if name == "shared" {
				assert.Equal(t, [][]string{{"a", shared[2].Name}}, aliases(f))
			}
			require.NoError(t, f.Close())
		}
	}
}

// stricter are the hostile files that torch.load(weights_only=True) reads, by what PyTorch has to say of them.
var stricter = map[string]string{
	"an open mark":                        "only the last values count",
	"two values":                          "only the last value counts",
	"bytes after STOP":                    "nobody looks there",
	"protocol 1":                          "PROTO may be missing",
	"protocol 6":                          "PROTO is not compared",
	"protocol 255":                        "PROTO is not compared",
	"PROTO twice":                         "PROTO may stand anywhere",
	"PROTO late":                          "PROTO may stand anywhere",
	"a memo far beyond":                   "the memo is a dict",
	"BUILD of a finished tensor":          "the tensor is set anew",
	"BUILD of an OrderedDict with a list": "anything of pairs will do",
	"REDUCE with a list":                  "anything of arguments will do",
	"NEWOBJ without BUILD":                "the tensor is empty",
	"a dotted name":                       "module and name are joined before they are compared",
	"bytes in utf-16":                     "any encoding will do",
	"bytes in rot13":                      "any encoding will do",
	"set of a string":                     "anything with items will do",
	"Size of a list":                      "anything with items will do",
	"a key that is a number":              "a key is only printed",
	"a key twice":                         "the last one counts",
	"a dict twice":                        "the last one counts",
	"a number and its text":               "keys are not names",
	"a path and its key":                  "keys are not names",
	"a dict in itself":                    "keys are not names",
	"a list in itself":                    "keys are not names",
	"a list in a dict in a list":          "keys are not names",
}

// TestPyTorchRefusesWhatIsRefused has PyTorch's weights-only reader look at the hostile files. It never runs what is in them.
func TestPyTorchRefusesWhatIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []string
	for i, c := range brokenPickles() {
		if c.kind == DuplicateName || c.kind == ForbiddenGlobal || c.kind == ForbiddenOpcode || c.kind == BadPickle || c.kind == Truncated {
			files = append(files, c.name)
			require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(len(files)-1)), fileOf(c.pickle, "\x00\x00\x80\x3f"), 0o600), i)
		}
	}
	out := interop.Run(t, `
import json, os, sys, warnings, torch
warnings.simplefilter("ignore")
answers = []
for i in range(len(os.listdir(sys.argv[1]))):
    try:
        torch.load(os.path.join(sys.argv[1], str(i)), weights_only=True)
        answers.append("")
    except Exception as e:
        answers.append(type(e).__name__)
print(json.dumps(answers))
`, dir)
	var answers []string
	require.NoError(t, json.Unmarshal([]byte(out), &answers))
	require.Len(t, answers, len(files))
	for i, name := range files {
		assert.Equal(t, stricter[name] != "", answers[i] == "", "%s: PyTorch says %q", name, answers[i])
	}
}
