package train

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// svg returns the words of a picture, and makes sure that it is well formed.
func svg(t *testing.T, path string) (words []string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	inText := false
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if err == io.EOF {
			return words
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				words = append(words, string(token))
			}
		}
	}
}

func TestPictureHasALineARunAndALegendInTheOrderOfTheirEnds(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	c := Default("moons")
	dirs := []string{
		stoppedAfter(t, filepath.Join(root, "low"), c, false, 0.5, 0.125),
		stoppedAfter(t, filepath.Join(root, "high"), c, false, 0.25, 0.75),
		stoppedAfter(t, filepath.Join(root, "one<&>"), c, false, 0.25),
		stoppedAfter(t, filepath.Join(root, "none"), c, false),
	}
	comparison, err := Compare(dirs...)
	require.NoError(t, err)
	path := filepath.Join(root, "out.svg")
	require.NoError(t, comparison.SavePlot(path))
	words := svg(t, path)
	assert.Contains(t, words, "moons: loss of 4 runs")
	assert.Contains(t, words, "validation loss: cross entropy (nats)")
	assert.Equal(t, []string{"high", "one<&>", "low"}, words[len(words)-3:])
	picture, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, color := range []string{"#0072B2", "#E69F00"} {
		assert.Equal(t, 2, strings.Count(string(picture), "stroke:"+color), "%s in the plot and in the legend", color)
	}
	require.NoError(t, comparison.SavePlot(path))
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(picture, again))
}

func TestPictureNamesRunsByTheirPathsWhereLastNamesAreTheSame(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	c := Default("moons")
	c.Validation = 0
	a := stoppedAfter(t, filepath.Join(root, "a", "run"), c, false, 0.5, 0.125)
	b := stoppedAfter(t, filepath.Join(root, "b", "run"), c, false, 0.5, 0.25)
	comparison, err := Compare(a, b)
	require.NoError(t, err)
	curves := comparison.curves()
	assert.True(t, strings.HasSuffix(curves[0].name, filepath.Join("a", "run")+" (training)"), curves[0].name)
	assert.NotEqual(t, curves[0].name, curves[1].name)
	assert.Equal(t, 1.5, curves[0].points[0].Y, "the training loss")
}

func TestManyRunsDifferInColourOrDashes(t *testing.T) {
	t.Parallel()
	dir := stoppedAfter(t, filepath.Join(t.TempDir(), "run"), Default("moons"), false, 0.5, 0.125)
	const runs = 28
	var dirs []string
	for range runs {
		dirs = append(dirs, dir)
	}
	comparison, err := Compare(dirs...)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "out.svg")
	require.NoError(t, comparison.SavePlot(path))
	picture, err := os.ReadFile(path)
	require.NoError(t, err)
	styles := map[string]bool{}
	for _, style := range regexp.MustCompile(`stroke:#[0-9A-F]{6};stroke-width:2[^"]*"`).FindAllString(string(picture), -1) {
		styles[style] = true
	}
	assert.Len(t, styles, runs)
}

func TestPictureOfAnyLossesIsDrawn(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i, losses := range [][]float64{
		{0}, {0, 0}, {1e-3, 0.2}, {5e-324, math.MaxFloat64}, {-1e308, 1e308}, {math.MaxFloat64, math.MaxFloat64},
		{1e-300, 1e-290}, {0, 1e300}, {-5, -1}, {1e-320, 2e-320}, {0, 5e-324}, {1, 1 + 1e-15},
	} {
		c := Default("moons")
		dir := stoppedAfter(t, filepath.Join(root, fmt.Sprint(i)), c, false, losses...)
		comparison, err := Compare(dir)
		require.NoError(t, err)
		path := filepath.Join(root, "out.svg")
		require.NoError(t, comparison.SavePlot(path), "%v", losses)
		assert.NotEmpty(t, svg(t, path), "%v", losses)
	}
}

func TestNothingIsDrawnOfRunsWithoutAnEpoch(t *testing.T) {
	t.Parallel()
	dir := stoppedAfter(t, t.TempDir(), Default("moons"), false)
	comparison, err := Compare(dir)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "out.svg")
	assert.ErrorContains(t, comparison.SavePlot(path), "nothing to draw")
	assert.NoFileExists(t, path)
}
