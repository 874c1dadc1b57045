package paper

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/figure"
)

func TestPicturesLieBesideTheDocumentThatShowsThem(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "results.md")
	r := result("gpt2-residual", 1, 1)
	r.Picture = &Picture{Title: "Growth", Detail: "A line.", figure: figure.Lines{Series: []figure.Series{{X: []float64{1, 2}, Y: []float64{3, 4}}}}}
	require.NoError(t, UpdateDocument(path, r, result("lsuv", 1, 1)))
	assert.Contains(t, read(t, path), "\n\n![Growth](paper-gpt2-residual.svg)\n")
	assert.NotContains(t, read(t, path), "paper-lsuv.svg")
	svg := read(t, filepath.Join(filepath.Dir(path), "paper-gpt2-residual.svg"))
	assert.Contains(t, svg, "<title>Growth</title>")
	assert.Contains(t, svg, "<desc>A line.</desc>")
}

func TestBandsGoFromTheLeastToTheGreatestSeed(t *testing.T) {
	t.Parallel()
	s := banded("name", 2, []float64{5, 6}, [][]float64{{1, 10}, {3, 30}, {2, 50}})
	assert.Equal(t, figure.Series{
		Name: "name", Color: 2, X: []float64{5, 6}, Y: []float64{2, 30}, Lo: []float64{1, 10}, Hi: []float64{3, 50},
	}, s)
}

func TestComparedPanelsHaveOneScale(t *testing.T) {
	t.Parallel()
	lines := func(y ...float64) figure.Lines { return figure.Lines{Series: []figure.Series{{Y: y}}} }
	both := onOneScale([]figure.Lines{lines(0.5, math.NaN(), 2), lines(0.1, math.Inf(1))})
	for _, l := range both {
		assert.InDelta(t, 0.1/1.1, l.Y.Lo, 1e-9)
		assert.InDelta(t, 2.2, l.Y.Hi, 1e-9)
	}
	assert.Equal(t, figure.Axis{}, onOneScale([]figure.Lines{lines(math.NaN())})[0].Y)
}
