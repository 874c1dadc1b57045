package acceptance_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// model writes a file of so many tensors of 256 KiB each.
func (s shell) model(t *testing.T, name string, tensors int) {
	t.Helper()
	var all []dtype.Tensor
	for i := range tensors {
		values := make([]float32, 1<<16)
		for j := range values {
			values[j] = float32(i*len(values) + j)
		}
		tensor, err := dtype.FromFloat32s("h."+string(rune('a'+i)), []int{len(values)}, values, dtype.F32)
		require.NoError(t, err)
		all = append(all, tensor)
	}
	require.NoError(t, safetensors.Save(s.path(name), all, safetensors.AsIs))
}

// entries are the names in a folder, hidden ones too.
func (s shell) entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(s.path(dir))
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFullDiskIsOneLineThatNamesTheFileAndLeavesNothingOfIt(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.mount(t, "disk")
	s.model(t, "model.safetensors", 8)
	s.model(t, "disk/old.gguf", 1)
	old := s.read(t, "disk/old.gguf")
	for _, args := range [][]string{
		{"convert", "model.safetensors", "disk/out.safetensors"}, {"convert", "model.safetensors", "disk/out.pt"},
		{"convert", "model.safetensors", "disk/out.npz"}, {"convert", "model.safetensors", "disk/old.gguf", "--force"},
		{"convert", "model.safetensors", "disk/out.safetensors", "--shard-size", "600kB"}, {"split", "model.safetensors", "--shard-size", "600kB", "--out", "disk/out"},
	} {
		got := s.heft(t, args...)
		assert.Equal(t, exitFailed, got.code, args)
		require.Len(t, got.lines, 1, got.errs)
		assert.Regexp(t, `^heft: write "disk/(out|old).*": [a-z ]+: no space left on device$`, got.lines[0].text)
		assert.Equal(t, []string{"old.gguf"}, s.entries(t, "disk"), args)
		assert.Equal(t, old, s.read(t, "disk/old.gguf"))
	}
}

func TestConversionKilledAtAnyMomentLeavesAllOrNothingAndTheNextClears(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.model(t, "model.safetensors", 26)
	split := []string{"split", "model.safetensors", "--shard-size", "600kB", "--out", "shards", "--quiet"}
	begun := time.Now()
	s.must(t, split...)
	whole := time.Since(begun)
	want := s.entries(t, "shards")
	require.NoError(t, os.RemoveAll(s.path("shards")))
	for i := range 6 {
		p := s.start(t, split...)
		time.Sleep(whole * time.Duration(i) / 6)
		_ = p.Process.Kill() // it may be through
		p.end()
		index := s.has("shards/model.safetensors.index.json")
		if index {
			s.must(t, "diff", "model.safetensors", "shards")
		}
		var there []string
		if s.has("shards") {
			there = s.entries(t, "shards")
		}
		if !index && !strings.Contains(strings.Join(there, " "), "model-") {
			s.must(t, split...)
			assert.Equal(t, want, s.entries(t, "shards"), "what the killed process left is cleared")
		}
		require.NoError(t, os.RemoveAll(s.path("shards")))
	}
}

func TestOfTwoConversionsToOneFileOneIsTurnedAway(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.model(t, "model.safetensors", 26)
	convert := []string{"convert", "model.safetensors", "out.pt", "--force", "--quiet"}
	var all []*process
	for range 4 {
		all = append(all, s.start(t, convert...))
	}
	done := 0
	for _, p := range all {
		got := p.end()
		if got.code == exitOK {
			done++
			continue
		}
		assert.Equal(t, `heft: another process is writing "out.pt": wait for it, or name another file`, strings.TrimSpace(got.errs))
	}
	assert.Positive(t, done)
	s.must(t, "diff", "model.safetensors", "out.pt")
	assert.Equal(t, []string{"model.safetensors", "out.pt"}, s.entries(t, "."))
}
