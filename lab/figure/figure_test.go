package figure

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

var nan, inf = math.NaN(), math.Inf(1)

// figures are pictures of every kind, with numbers that are not finite in all that take them.
var figures = map[string]Figure{
	"lines": Lines{
		X: Axis{Label: "layer", Whole: true}, Y: Axis{Label: "size", Log: true},
		Series: []Series{
			{Name: "Xavier & co", X: []float64{1, 2, 3}, Y: []float64{1, 0.1, 0.01}, Lo: []float64{0.5, 0.05, 0.005}, Hi: []float64{2, 0.2, 0.02}},
			{Name: "zeros", Color: 1, X: []float64{1, 2, 3}, Y: []float64{0, 0, 0}},
			{Name: "large", Color: 2, X: []float64{1, 2, 3}, Y: []float64{10, 1e9, inf}},
			{Name: "gray", Color: Gray, Thin: true, X: []float64{1}, Y: []float64{nan}},
		},
		Rules: []Rule{{"one", 1}},
	},
	"dots": Lines{Series: []Series{
		{Name: "measured", X: []float64{1, 2}, Y: []float64{1, inf}, Lo: []float64{0.5, nan}, Hi: []float64{2, inf}, Dots: true},
		{Color: Gray, X: []float64{1}, Y: []float64{3}, Dots: true},
	}},
	"empty":      Lines{X: Axis{Label: "x"}, Y: Axis{Label: "y"}},
	"histograms": Histograms{Columns: []string{"1", "2"}, Rows: []HistogramRow{{Name: "a", Cells: []HistogramCell{{Lo: 0, Hi: 1, Density: []float64{3, 1}, Zero: 0.7}, {Broken: true, Mean: nan}}}}},
	"strip":      Strip{Rows: []string{"a", "b"}, Columns: []string{"1", "2"}, Label: "layer", Shares: [][]float64{{1e-6, 1}, {0.42, nan}}},
	"deep strip": Strip{Rows: []string{"a", "a name that is longer than two cells"}, Columns: strings.Split("123456789abcdefghijk", ""), Label: "layer", Shares: [][]float64{slices.Repeat([]float64{0.001}, 20), slices.Repeat([]float64{0.999}, 20)}},
	"maps":       Maps{Maps: []Map{{Name: "a", Note: "97%", Side: 2, P: []float32{0, 1, 0.5, float32(nan)}}}, Points: []Point{{0, 0, 0}, {1, 1, 1}}, Lo: [2]float64{-1, -1}, Hi: [2]float64{2, 2}},
	"panels":     Panels{{"left", Strip{Rows: []string{"a"}, Columns: []string{"1"}, Shares: [][]float64{{1}}}}, {"right", Lines{}}},
}

// wellFormed reads XML to its end and returns all of its text and the names of its elements.
func wellFormed(t *testing.T, text string) (content string, elements map[string]int) {
	t.Helper()
	elements = map[string]int{}
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return content, elements
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.CharData:
			content += string(token)
		case xml.StartElement:
			elements[token.Name.Local]++
		}
	}
}

func TestPicturesAreWellFormedAndStandAlone(t *testing.T) {
	t.Parallel()
	for name, f := range figures {
		for _, width := range []float64{Wide, Narrow} {
			svg := SVG(f, Caption{Title: `a < b & "c"`, Detail: "d", Shown: true}, width)
			content, elements := wellFormed(t, svg)
			assert.Contains(t, content, `a < b & "c"`, name)
			assert.Equal(t, 1, elements["title"], name)
			assert.Equal(t, 1, elements["desc"], name)
			assert.Contains(t, svg, `role="img"`)
			for _, foreign := range []string{"<script", "@import", "url(", "NaN\"", "Inf\"", `href="http`} {
				assert.NotContains(t, svg, foreign, name)
			}
			assert.NotRegexp(t, `(?:[ "LM])(?:NaN|[+-]?Inf)`, strings.SplitN(svg, "</style>", 2)[1], "%s has a place that is no number", name)
			assert.Equal(t, svg, SVG(f, Caption{Title: `a < b & "c"`, Detail: "d", Shown: true}, width), "same data, same bytes")
		}
	}
}

// The golden file is written anew with HEFT_GOLDEN=write; look at it before committing.
func TestLinesAreDrawnAsBefore(t *testing.T) {
	t.Parallel()
	svg := SVG(figures["lines"], Caption{Title: "Xavier fades", Detail: "Three layers.", Shown: true}, 400)
	const file = "testdata/lines.svg"
	if os.Getenv("HEFT_GOLDEN") == "write" {
		require.NoError(t, os.WriteFile(file, []byte(svg), 0o666))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), svg)
}

func TestNumbersHaveThreeDigits(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]float64{
		"0": 0, "1.00": 1, "0.577": 0.57735, "12.3": 12.345, "1235": 1234.9, "1.23·10⁻⁵": 1.2345e-5, "−4.00·10¹²": -4e12,
		"1.00·10⁴": 9999.7, "0.00123": 0.0012345, "∞": inf, "−∞": -inf, "NaN": nan, "−0.500": -0.5,
	} {
		assert.Equal(t, want, Number(v))
	}
	for want, share := range map[string]float64{
		"0%": 0, "100%": 1, "<0.1%": 1e-6, "0.5%": 0.005, "37%": 0.37, "99.5%": 0.995, "99.9%": 0.99999, "NaN": nan,
	} {
		assert.Equal(t, want, Percent(share))
	}
}

func TestCellsWithoutRoomCallNothingElseNoneOrAll(t *testing.T) {
	t.Parallel()
	for want, share := range map[string]float64{"0": 0, "<1": 0.004, "1": 0.006, "42": 0.42, "99": 0.99, ">99": 0.996, "100": 1} {
		assert.Equal(t, want, percentIn(share, 27))
	}
}

// A name at an edge moves inward as far as it must.
func TestNamesOfNarrowStripsStayInThePicture(t *testing.T) {
	t.Parallel()
	names := []string{"the first of the long names", "short", "orthogonal(for=relu)", "the last of the long names"}
	s := Strip{Rows: names, Columns: strings.Split("12345678", ""), Shares: slices.Repeat([][]float64{make([]float64, 8)}, len(names))}
	c := &canvas{width: Narrow}
	s.draw(c)
	labels := regexp.MustCompile(`<text x="([^"]*)" y="(?:14|26)" text-anchor="middle" class="s">([^<]*)</text>`).FindAllStringSubmatch(c.b.String(), -1)
	require.Len(t, labels, len(names))
	for _, l := range labels {
		at, err := strconv.ParseFloat(l[1], 64)
		require.NoError(t, err)
		half := textWidth(l[2], smallSize) / 2
		assert.True(t, at-half > -0.1 && at+half < Narrow+0.1, "%s is at %v", l[2], at)
	}
}

func TestTicksAreRoundAndFew(t *testing.T) {
	t.Parallel()
	texts := func(s scale, about int) (all []string) {
		for _, tick := range s.ticks(about) {
			all = append(all, tick.text)
		}
		return all
	}
	assert.Equal(t, []string{"0", "200", "400", "600", "800", "1000"}, texts(newScale(Axis{Whole: true}, []float64{0, 1000}, 0, 100), 6))
	assert.Equal(t, []string{"10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"}, texts(newScale(Axis{Log: true}, []float64{1e-9, 1}, 0, 100), 5))
	decades := func(lo, hi float64) []string { return texts(newScale(Axis{Log: true, Lo: lo, Hi: hi}, nil, 0, 100), 5) }
	assert.Equal(t, []string{"10⁻⁶", "10⁻⁴", "10⁻²"}, decades(2e-7, 0.2), "six decades")
	assert.Equal(t, []string{"10⁻⁴", "10⁻²"}, decades(2e-6, 0.4), "of five and more 1, 2 and 5 would be a crowd")
	assert.Equal(t, []string{"0.5", "1.0", "1.5", "2.0"}, texts(newScale(Axis{}, []float64{0.4, 2}, 0, 100), 5))
	assert.Equal(t, []string{"0.2", "0.5", "1", "2", "5"}, texts(newScale(Axis{Log: true}, []float64{0.18, 6}, 0, 100), 5), "one power of ten is no scale")
	assert.Equal(t, []string{"1", "2", "3"}, texts(newScale(Axis{Whole: true}, []float64{1, 3}, 0, 100), 8))
	assert.Equal(t, []string{"−40", "−20", "0", "20"}, texts(newScale(Axis{Whole: true}, []float64{-44, 38}, 0, 100), 4), "one alone says nothing of the distances")
}

func TestTwoPowersOfTenAreNoScale(t *testing.T) {
	t.Parallel()
	var all []string
	for _, tick := range newScale(Axis{Log: true, Lo: 0.03, Hi: 2.5}, []float64{0.03, 2}, 0, 100).ticks(5) {
		all = append(all, tick.text)
	}
	assert.Equal(t, []string{"0.05", "0.1", "0.2", "0.5", "1", "2"}, all)
}

// A layer whose values span less than a pixel of its row's range has a bar there, not nothing.
func TestNarrowHistogramsAreSeen(t *testing.T) {
	t.Parallel()
	wide := HistogramCell{Lo: -1, Hi: 1, Density: []float64{0.5, 0.5}}
	narrow := HistogramCell{Lo: -1e-9, Hi: 1e-9, Density: []float64{5e8, 5e8}}
	h := Histograms{Columns: []string{"1", "2"}, Rows: []HistogramRow{{Name: "a", Cells: []HistogramCell{wide, narrow}}}}
	svg := SVG(h, Caption{}, Wide)
	assert.Equal(t, 1, strings.Count(svg, `width="2.4"`))
	h.Rows[0].Cells[1].Zero = 0.5
	assert.Contains(t, SVG(h, Caption{}, Wide), ">50%</text>", "what stands for zeros is seen as it is")
}

// In DejaVu Sans Bold, one of the widest typefaces that a reader may have, the first 83 characters take 730 pixels.
func TestTitlesFitInWideTypefaces(t *testing.T) {
	t.Parallel()
	title := "Learning begins with orthogonal by step 120, Kaiming by step 200 and Xavier by step 960; with zeros never."
	svg := SVG(Lines{}, Caption{Title: title, Shown: true}, Wide)
	_, drawn, _ := strings.Cut(svg, "</style>")
	assert.NotContains(t, drawn, "and Xavier by step")
	assert.Contains(t, drawn, "by step 200 and")
}

func TestLanesKeepWhatIsZeroOrInfiniteApart(t *testing.T) {
	t.Parallel()
	s := newScale(Axis{Log: true}, []float64{0, 1e-3, 1, inf}, 100, 0)
	assert.InDelta(t, 90, s.at(0), 1e-9)
	assert.InDelta(t, 10, s.at(inf), 1e-9)
	assert.InDelta(t, 10, s.at(nan), 1e-9)
	assert.True(t, s.at(1e-3) < 80 && s.at(1) > 20 && s.at(1) < s.at(1e-3))
	over := newScale(Axis{Hi: 1}, []float64{0, 5}, 100, 0)
	assert.InDelta(t, 10, over.at(5), 1e-9)
}

func TestLongNamesAreCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("name", 20)
	for width := 1.0; width < 600; width += 7 {
		cut := fit(long, width, textSize)
		if width > 20 {
			assert.LessOrEqual(t, textWidth(cut, textSize), width)
		}
	}
	assert.Equal(t, "short", fit("short", 100, textSize))
}

func TestNamesStandApart(t *testing.T) {
	t.Parallel()
	y := apart([]float64{50, 50, 50, 99}, 15, 0, 100)
	for i := range y[1:] {
		assert.GreaterOrEqual(t, y[i+1]-y[i], 15-1e-9)
	}
	assert.LessOrEqual(t, y[3], 100.0)
}

func TestSpacedHasFirstAndLast(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []int{0, 1, 2}, Spaced(3, 8))
	assert.Equal(t, []int{0, 6, 13, 19}, Spaced(20, 4))
	assert.Equal(t, []int{0}, Spaced(20, 1))
	assert.Empty(t, Spaced(0, 4))
}

func TestCividisGoesFromDarkToLight(t *testing.T) {
	t.Parallel()
	last := -1.0
	for i := range 101 {
		r, g, b := cividis(float64(i) / 100)
		luminance := 0.2126*float64(r) + 0.7152*float64(g) + 0.0722*float64(b)
		assert.Greater(t, luminance, last)
		last = luminance
	}
}

func TestDotsHaveAnIntervalEach(t *testing.T) {
	t.Parallel()
	svg := func(lo, hi []float64) string {
		return SVG(Lines{Series: []Series{{X: []float64{1, 2}, Y: []float64{1, 2}, Lo: lo, Hi: hi, Dots: true}}}, Caption{}, Wide)
	}
	_, without := wellFormed(t, svg(nil, nil))
	_, with := wellFormed(t, svg([]float64{0, 1}, []float64{2, 3}))
	assert.Equal(t, 2, without["path"])
	assert.Equal(t, 4, with["path"])
}

// On a phone names of few columns are wrapped, and those of rows have a line of their own.
func TestNarrowStripsKeepTheirNames(t *testing.T) {
	t.Parallel()
	rows := []string{"fp16, loss scaled", "fp16, loss scaled, fp32 weights"}
	s := Strip{Rows: rows, Columns: []string{"weights", "gradients of activations"}, Label: "underflow of", Shares: [][]float64{{0, 1}, {0.5, 0.1}}}
	content, _ := wellFormed(t, SVG(s, Caption{}, Narrow))
	for _, want := range append(rows, "weights", "gradients of activations", "underflow of") {
		assert.Contains(t, content, want)
	}
}
