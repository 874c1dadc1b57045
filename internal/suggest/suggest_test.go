package suggest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestTheClosestNameIsSuggested(t *testing.T) {
	t.Parallel()
	known := []string{"digits", "moons", "spiral", "xor", "circles", "mnist", "fashion-mnist", "F16", "BF16", "F32", "safetensors"}
	for typed, want := range map[string]string{
		"digit": "digits", "mons": "moons", "mooons": "moons", "sprial": "spiral", "xro": "xor", "MNIST": "mnist", "minst": "mnist", "fashion": "fashion-mnist",
		"f61": "F16", "bf61": "BF16", "safetensor": "safetensors", "safe": "safetensors",
	} {
		assert.Equal(t, " (did you mean "+want+"?)", For(typed, known), typed)
	}
	for _, typed := range []string{"", "x", "banana", "tensorflow", strings.Repeat("digits", 1000), "zz"} {
		assert.Empty(t, For(typed, known), typed)
	}
}

func TestNamesThatAreEquallyCloseAreAllSuggested(t *testing.T) {
	t.Parallel()
	known := []string{"normal", "kaiming-uniform", "kaiming-normal", "step(EVERY,GAMMA)", "step(AT)", "a1", "a2", "a3", "a4"}
	assert.Equal(t, " (did you mean kaiming-uniform or kaiming-normal?)", For("kaimin", known))
	assert.Equal(t, " (did you mean step?)", For("stp", known))
	assert.Equal(t, " (did you mean a1, a2 or a3?)", For("a5", known))
}

// What a file calls its tensors is as long as the file likes.
func TestLongNamesAreNotCompared(t *testing.T) {
	known := []string{"xz" + strings.Repeat("y", longest-1), strings.Repeat("x", 1<<24)}
	assert.Empty(t, For("xzy", known))
	assert.Equal(t, " (did you mean xz?)", For("xzy", append(known, "xz")))
	assert.Less(t, testing.AllocsPerRun(1, func() { For("xy", known) }), 5.0)
}

func TestDistanceCountsEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"é", "e", 1}} {
		assert.Equal(t, c.want, distance([]rune(c.a), []rune(c.b)), "%s to %s", c.a, c.b)
	}
}
