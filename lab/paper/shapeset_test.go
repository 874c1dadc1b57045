package paper

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

func TestShapesAreTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	a, b := shapes(20, shapeStream(3, 0)), shapes(20, shapeStream(3, 0))
	require.Equal(t, a.X.Data(), b.X.Data())
	require.Equal(t, a.Y, b.Y)
	require.NotEqual(t, a.X.Data(), shapes(20, shapeStream(4, 0)).X.Data())
	require.NotEqual(t, a.X.Data(), shapes(20, shapeStream(3, 1)).X.Data())
}

func TestShapesAreScaledAndOfAllClassesEquallyOften(t *testing.T) {
	t.Parallel()
	const n = 2700
	b := shapes(n, shapeStream(1, 0))
	s := lab.StatsOf(b.X.Data(), 1)
	assert.InDelta(t, 0, s.Mean, 0.03)
	assert.InDelta(t, 1, s.Std, 0.03)
	counts := make([]float64, len(shapeClasses))
	for _, class := range b.Y.Data {
		counts[class]++
	}
	for class, c := range counts { // 300 ± 16 of each
		assert.InDelta(t, n/len(shapeClasses), c, 80, "class %d", class)
	}
}

// TestImagesShowAsManyFiguresAsTheirClassSays counts greys: each figure has its own.
func TestImagesShowAsManyFiguresAsTheirClassSays(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	image := make([]float32, shapePixels)
	for range 300 {
		for class, kinds := range shapeClasses {
			drawShapes(image, kinds, r)
			greys := map[float32]int{}
			for _, grey := range image {
				if grey != 0 {
					greys[grey]++
				}
			}
			require.Len(t, greys, len(kinds), "class %d", class)
			for grey, pixels := range greys { // the least triangle has 32 pixels, half of which may be hidden
				require.True(t, grey >= leastGrey && grey <= mostGrey)
				require.Greater(t, pixels, 12)
			}
		}
	}
}

// TestFiguresHaveTheAreaOfTheirKind compares the pixels of many figures with the areas of their plain forms, which the map
// multiplies by its determinant.
func TestFiguresHaveTheAreaOfTheirKind(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	plain := [...]float64{triangle: 3 * math.Sqrt(3) / 4, parallelogram: 2, ellipse: math.Pi}
	for kind := triangle; kind <= ellipse; kind++ {
		var pixels, areas float64
		for range 500 {
			f := newShape(kind, r)
			n, hidden := f.paint(make([]float32, shapePixels))
			require.Zero(t, hidden)
			pixels += float64(n)
			areas += plain[kind] / math.Abs(f.inverse[0]*f.inverse[3]-f.inverse[1]*f.inverse[2])
		}
		assert.InEpsilon(t, areas, pixels, 0.01, "kind %d", kind)
	}
}

func TestWhatAFigureHidesIsCounted(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	overlaps := 0
	for range 2000 {
		image := make([]float32, shapePixels)
		below, above := newShape(ellipse, r), newShape(ellipse, r)
		pixels, _ := below.paint(image)
		_, hidden := above.paint(image)
		left := 0
		for _, grey := range image {
			if grey == float32(below.grey) {
				left++
			}
		}
		require.Equal(t, pixels, left+hidden)
		if hidden > 0 {
			overlaps++
		}
	}
	require.Greater(t, overlaps, 200, "figures do meet")
}
