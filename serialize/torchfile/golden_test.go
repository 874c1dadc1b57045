package torchfile

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

// expected is testdata/expected.json: what PyTorch says is in the files, by the part of their names before "_".
type expected struct {
	Torch string
	Files map[string][]struct {
		Name, DType, Data string
		Shape             []int
		Parameter         bool
		RequiresGrad      bool `json:"requires_grad"`
	}
}

// requireGolden compares every file of the folder.
func requireGolden(t *testing.T, folder string) {
	t.Helper()
	var want expected
	text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &want))
	paths, err := filepath.Glob(filepath.Join(folder, "*.pt"))
	require.NoError(t, err)
	require.Len(t, paths, 15)
	for _, path := range paths {
		base, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".pt"), "_")
		tensors, ok := want.Files[base]
		require.True(t, ok, path)
		f, err := Open(path)
		require.NoError(t, err)
		var listed []string
		for _, w := range tensors {
			listed = append(listed, w.Name)
		}
		require.Equal(t, listed, names(f), path)
		for i, w := range tensors {
			what := path + " " + w.Name
			info := f.Tensors()[i]
			assert.Equal(t, w.DType, f.items[i].element.name, what)
			assert.Equal(t, w.Shape, info.Shape, what)
			require.NoError(t, f.View(w.Name, func(data []byte) error {
				assert.Equal(t, w.Data, hex.EncodeToString(data), what)
				return nil
			}))
			if info.DType != 0 {
				tensor, err := f.Read(w.Name)
				require.NoError(t, err, what)
				assert.Equal(t, w.Data, hex.EncodeToString(tensor.Data), what)
			}
			p, _ := f.Placement(w.Name)
			assert.Equal(t, [2]bool{w.Parameter, w.RequiresGrad}, [2]bool{p.Parameter, p.RequiresGrad}, what)
		}
		require.NoError(t, f.Close())
		r, err := Scan(path)
		require.NoError(t, err)
		assert.Equal(t, &Report{Globals: r.Globals}, r, path)
		assert.Equal(t, Innocuous, r.Worst(), path)
	}
}

func TestFilesOfPyTorchAreRead(t *testing.T) {
	t.Parallel()
	requireGolden(t, "testdata")
}

// TestTodaysPyTorchWritesWhatTheGoldenFilesSay makes the files anew.
func TestTodaysPyTorchWritesWhatTheGoldenFilesSay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	interop.Run(t, "testdata/generate.py", dir)
	requireGolden(t, dir)
	ours, err := os.ReadFile("testdata/expected.json")
	require.NoError(t, err)
	theirs, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	require.NoError(t, err)
	assert.Equal(t, len(ours), len(theirs), "names and shapes are the same, and so is the length of what they hold")
}

func TestACheckpointOfPyTorchIsListed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"checkpoint.pt", "checkpoint_legacy.pt", "checkpoint_protocol4.pt", "checkpoint_protocol5.pt", "checkpoint_legacy5.pt"} {
		f, err := Open(filepath.Join("testdata", name))
		require.NoError(t, err)
		objects := map[string]string{}
		for _, o := range f.Objects() {
			objects[o.Name] = o.Type + " " + o.Text()
		}
		for key, want := range map[string]string{
			"epoch": "int 7", "best": "NoneType None", "history": "list [0.5, 0.25]", "tensors.1.1": "int 3", "set": "set {1}", "bytes": `bytes b"\x00\xff"`, "name": "str été\n",
			"device": "torch.device cpu", "dtype": "torch.dtype torch.float16", "size": "tuple (2, 3)", "big": "int 1208925819614629174706176", "small": "int -5",
			"z": "complex (1+2j)", "counter.a": "int 2", "optimizer.param_groups.0.lr": "float 0.001", "optimizer.param_groups.0.betas": "tuple (0.9, 0.999)",
		} {
			assert.Equal(t, want, objects[key], "%s %s", name, key)
		}
		assert.Contains(t, objects["model._metadata"], `OrderedDict {"": {"version": 1}, "0": {"version": 1}`)
		assert.Contains(t, aliases(f), []string{"model.0.weight", "tied"})
		require.NoError(t, f.Close())
	}
}
