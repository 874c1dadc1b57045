package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/dtype"
)

func TestTreeFoldsLayersOfTheSameForm(t *testing.T) {
	t.Parallel()
	tensors := []dtype.Tensor{f32(t, "wte.weight", 10, 4), f32(t, "ln_f.weight", 4)}
	for i := range 12 {
		tensors = append(tensors, f32(t, fmt.Sprintf("h.%d.attn.weight", i), 4, 4), f32(t, fmt.Sprintf("h.%d.mlp.0.weight", i), 8, 4),
			f32(t, fmt.Sprintf("h.%d.mlp.1.weight", i), 8, 4))
	}
	tensors = append(tensors, f32(t, "h.12.attn.weight", 4, 5), f32(t, "h.14.attn.weight", 4, 5))
	text := textOf(t, header(t, save(t, nil, tensors...)), Layout{Width: 100})
	assert.Contains(t, text, `
tensor               kind        dtype  shape    tensors  parameters    size
h                                                     38       1,000  4.0 kB
  0..11                                               36         960  3.8 kB
    attn.weight      weight?     F32    [4, 4]        12         192   768 B
    mlp.0..1.weight  weight?     F32    [8, 4]        24         768  3.1 kB
  12.attn.weight     weight?     F32    [4, 5]         1          20    80 B
  14.attn.weight     weight?     F32    [4, 5]         1          20    80 B
ln_f.weight          scale?      F32    [4]            1           4    16 B
wte.weight           embedding?  F32    [10, 4]        1          40   160 B
`)
}

func TestTreeKeepsApartWhatDiffers(t *testing.T) {
	t.Parallel()
	half, err := dtype.FromFloat32s("1.w", []int{2}, []float32{1, 2}, dtype.F16)
	assert.NoError(t, err)
	text := textOf(t, header(t, save(t, nil, f32(t, "0.w", 2), half, f32(t, "2.w", 2), f32(t, "3.v", 2), f32(t, "03.v", 2))), Layout{Width: 100})
	assert.NotContains(t, text, "..")
}

func TestTreeOfNamesMadeOfDotsIsFlat(t *testing.T) {
	t.Parallel()
	r := header(t, save(t, nil, f32(t, strings.Repeat(".", 1<<20), 1), f32(t, strings.Repeat("a.", 1<<19)+"b", 1)))
	depth := 0
	newTree(r.Tensors).walk(0, 1, func(d, _ int, _ string, _ *node) { depth = max(depth, d) })
	assert.LessOrEqual(t, depth, deepest)
	assert.Less(t, len(textOf(t, r, Layout{Width: 80})), 4000)
}

// A module and a tensor may have one name.
func TestTreeHasEveryTensor(t *testing.T) {
	t.Parallel()
	names := []string{"a", "a.b", "a.b.c", "", ".", "0", "1", "0.x", "1.x", "999999999999", "-1", "+1"}
	var tensors []dtype.Tensor
	for _, name := range names {
		tensors = append(tensors, f32(t, name, 3))
	}
	root := newTree(header(t, save(t, nil, tensors...)).Tensors)
	assert.Equal(t, len(names), root.sum.Tensors)
	leaves := 0
	root.walk(0, 1, func(_, times int, _ string, n *node) {
		if n.tensor != nil {
			leaves += n.sum.Tensors * times
		}
	})
	assert.Equal(t, len(names), leaves)
}
