package data_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
)

func TestAugmentationsAreReadOrRefusedByName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]data.Augmentation{
		"":                       {},
		"flip":                   {Flip: true},
		"shift:2":                {Shift: 2},
		"normalize, shift:64":    {Shift: 64, Normalize: true},
		"shift:1,flip,normalize": {Shift: 1, Flip: true, Normalize: true},
	} {
		a, err := data.ParseAugmentation(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, a, text)
		assert.Equal(t, want.Shift > 0 || want.Flip, a.Random(), text)
	}
	for text, want := range map[string]string{
		"shift": "1 to 64 pixels", "shift:0": "1 to 64 pixels", "shift:65": "1 to 64 pixels", "shift:x": "1 to 64 pixels",
		"flip:1": `"flip:1"`, "rotate": `"rotate"`, ",": `""`, "flip,flip": `"flip" twice`, "normalize:": `"normalize:"`,
	} {
		_, err := data.ParseAugmentation(text)
		if assert.ErrorContains(t, err, want, text) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
}

// numberedImages returns images whose values are all different: no pixel is like the black that comes in.
func numberedImages(n, channels, height, width int) *data.Tensor {
	x := make([]float32, n*channels*height*width)
	for i := range x {
		x[i] = float32(i + 1)
	}
	return autograd.From(x, n, channels*height*width)
}

func TestShiftMovesAllChannelsAlikeAndLeavesBlack(t *testing.T) {
	t.Parallel()
	const n, channels, height, width = 200, 2, 4, 3
	black := []float32{-7, -8}
	x, was := numberedImages(n, channels, height, width), numberedImages(n, channels, height, width)
	g := data.NewAugmenter(data.Augmentation{Shift: 2}, channels, height, width, black)
	g.Apply(x, rand.New(rand.NewPCG(1, 2)))
	seen := map[[2]int]int{}
	for i := range n {
		at := func(x *data.Tensor, c, row, column int) float32 {
			return x.Data()[((i*channels+c)*height+row)*width+column]
		}
		moved := func(down, right int) bool {
			for c := range channels {
				for row := range height {
					for column := range width {
						want := black[c]
						if y, x := row-down, column-right; y >= 0 && y < height && x >= 0 && x < width {
							want = at(was, c, y, x)
						}
						if at(x, c, row, column) != want {
							return false
						}
					}
				}
			}
			return true
		}
		found := 0
		for down := -2; down <= 2; down++ {
			for right := -2; right <= 2; right++ {
				if moved(down, right) {
					found++
					seen[[2]int{down, right}]++
				}
			}
		}
		assert.Equal(t, 1, found, "image %d", i)
	}
	assert.Len(t, seen, 25, "every move happens")
}

func TestFlipMirrorsAboutHalfOfTheImagesWhole(t *testing.T) {
	t.Parallel()
	const n, channels, height, width = 200, 3, 2, 3
	x, was := numberedImages(n, channels, height, width), numberedImages(n, channels, height, width)
	data.NewAugmenter(data.Augmentation{Flip: true}, channels, height, width, nil).Apply(x, rand.New(rand.NewPCG(1, 2)))
	mirrored := 0
	for i := range n {
		size := channels * height * width
		now, before := x.Data()[i*size:][:size], slices.Clone(was.Data()[i*size:][:size])
		if slices.Equal(now, before) {
			continue
		}
		for row := range slices.Chunk(before, width) {
			slices.Reverse(row)
		}
		assert.Equal(t, before, now, "image %d", i)
		mirrored++
	}
	assert.InDelta(t, n/2, mirrored, 30)
}

func TestWhatHappensToAnImageDependsOnItsPlaceAlone(t *testing.T) {
	t.Parallel()
	a := data.Augmentation{Shift: 1, Flip: true}
	few, many := numberedImages(3, 1, 5, 5), numberedImages(9, 1, 5, 5)
	data.NewAugmenter(a, 1, 5, 5, nil).Apply(few, rand.New(rand.NewPCG(3, 4)))
	data.NewAugmenter(a, 1, 5, 5, nil).Apply(many, rand.New(rand.NewPCG(3, 4)))
	assert.Equal(t, few.Data(), many.Data()[:few.Len()])
}

func TestAugmenterRefusesSamplesOfAnotherSize(t *testing.T) {
	t.Parallel()
	g := data.NewAugmenter(data.Augmentation{Flip: true}, 1, 2, 2, nil)
	var wrong *data.ArgumentError
	assert.ErrorAs(t, autograd.Catch(func() { g.Apply(numberedImages(1, 1, 2, 3), rand.New(rand.NewPCG(1, 1))) }), &wrong)
	assert.ErrorAs(t, autograd.Catch(func() { data.NewAugmenter(data.Augmentation{}, 0, 2, 2, nil) }), &wrong)
	assert.ErrorAs(t, autograd.Catch(func() { data.NewAugmenter(data.Augmentation{Shift: 2}, 1, 3, 2, nil) }), &wrong)
	assert.Contains(t, wrong.Error(), "Shift")
	assert.ErrorAs(t, autograd.Catch(func() { data.NewAugmenter(data.Augmentation{}, 1, 2, 2, []float32{1, 2}) }), &wrong)
}

func TestNormalizedPartsHaveTheScaleOfTheTrainingPart(t *testing.T) {
	t.Parallel()
	p, err := data.Load(data.Spec{Name: "digits", Validation: 0.1, Seed: 1})
	require.NoError(t, err)
	was := slices.Clone(p.Train.X.Data())
	n := p.Normalized()
	assert.Equal(t, was, p.Train.X.Data(), "the parts stay as they were")
	assert.Equal(t, []float64{0}, p.Input.PixelMean)
	sum, squares := 0.0, 0.0
	for i, v := range n.Train.X.Data() {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
		require.InDelta(t, (float64(was[i])-n.Input.PixelMean[0])/n.Input.PixelStd[0], float64(v), 1e-6)
	}
	count := float64(n.Train.X.Len())
	assert.InDelta(t, 0, sum/count, 1e-6)
	assert.InDelta(t, 1, math.Sqrt(squares/count), 1e-6)
	mean, std := n.Input.PixelMean[0], n.Input.PixelStd[0]
	assert.InDelta(t, -mean/std, float64(n.Input.Black()[0]), 1e-6)
	for _, part := range [][2]*data.Set{{p.Validation, n.Validation}, {p.Test, n.Test}} {
		v := part[0].X.Data()[20]
		assert.InDelta(t, (float64(v)-mean)/std, float64(part[1].X.Data()[20]), 1e-6)
	}
	assert.Same(t, n, n.Normalized(), "once is enough")
	again := p.ScaledAs(n.Input)
	assert.Equal(t, n.Test.Hash(), again.Test.Hash())
	assert.Same(t, p, p.ScaledAs(p.Input))
}

func FuzzParseAugmentation(f *testing.F) {
	for _, seed := range []string{"", "flip", "shift:2", "normalize, shift:64", "shift:1,flip,normalize", "shift", "shift:65", "flip:1", ",", "flip,flip"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := data.ParseAugmentation(text)
		if err != nil {
			return
		}
		var words []string
		for word, wanted := range map[string]bool{fmt.Sprintf("shift:%d", a.Shift): a.Shift > 0, "flip": a.Flip, "normalize": a.Normalize} {
			if wanted {
				words = append(words, word)
			}
		}
		again, err := data.ParseAugmentation(strings.Join(words, ","))
		require.NoError(t, err)
		require.Equal(t, a, again)
		require.Equal(t, text == "", a == data.Augmentation{})
		require.Less(t, a.Shift, 65)
	})
}
