package browser

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab/play/internal/session"
)

// short is a run that takes a moment.
const short = "#data=spiral&depth=4&width=16&lr=0.2&batch=32&steps=600&seed=1&a=kaiming-normal&b=normal(0,0.01)"

// curve is the drawn running mean of a column's losses.
func curve(p *page, key string) string {
	return eval[string](p, `document.querySelector("#loss path.mean.series-`+key+`").getAttribute("d")`)
}

func loss(p *page, key string) float64 {
	text := eval[string](p, `document.querySelector("#loss text.series-`+key+`").textContent`)
	v, err := strconv.ParseFloat(strings.Fields(text)[1], 64)
	require.NoError(p.t, err, text)
	return v
}

func TestTrainingLowersTheLossAndALinkGivesTheSameCurve(t *testing.T) {
	p := open(t, short)
	p.train()
	assert.InDelta(t, 0.693, loss(p, "b"), 0.01, "a start that is too small guesses")
	first := curve(p, "a")
	assert.Less(t, loss(p, "a"), 0.35)
	assert.Contains(t, p.text(".column.a .outcome"), "It learns")
	assert.Contains(t, p.text(".column.b .outcome"), "It stalls")

	p.set(".column.b select.name", "xavier-normal")
	assert.Contains(t, eval[string](p, "location.hash"), "b=xavier-normal")
	p.train()
	second := curve(p, "b")
	assert.Less(t, loss(p, "b"), 0.6)
	assert.Equal(t, first, curve(p, "a"), "another scheme in B changes nothing in A")

	p.visit(eval[string](p, "location.hash"))
	p.train()
	assert.Equal(t, first, curve(p, "a"))
	assert.Equal(t, second, curve(p, "b"))
}

func TestALayerOfItsOwnIsInTheLinkAndTheCommand(t *testing.T) {
	p := open(t, short)
	eval[bool](p, `document.querySelector(".column.a details").open = true`)
	p.set(".column.a .rule-layer", "3")
	p.set(".column.a .rule-name", "zeros")
	p.click(".column.a .rule-add")
	p.until(`location.hash.includes("4.*%3Dzeros")`)
	p.idle()
	assert.Contains(t, p.text(".column.a .signal-title"), "dies")
	assert.Contains(t, p.text("#command"), "'kaiming-normal; 4.*=zeros,normal(0,0.01)'")
}

func TestEveryLessonOpensAndPausesWhileItTrains(t *testing.T) {
	p := open(t, "")
	n := eval[int](p, `document.querySelectorAll("#presets button").length`)
	require.GreaterOrEqual(t, n, 8)
	for i := 1; i <= n; i++ {
		p.click(fmt.Sprintf("#presets button:nth-child(%d)", i))
		p.idle()
		assert.Equal(t, "true", eval[string](p, fmt.Sprintf(`document.querySelector("#presets button:nth-child(%d)").getAttribute("aria-pressed")`, i)))
		assert.NotEmpty(t, p.text("#look-for"))
		p.click("#train")
		p.until(`Number(document.getElementById("position").textContent.split(" ")[1]) > 5`)
		p.click("#train")
		p.until(`document.getElementById("train").textContent == "Train"`)
		require.Equal(t, true, eval[bool](p, `document.getElementById("problem").hidden`), p.text("header"))
	}
}

func TestAnExplosionIsAResult(t *testing.T) {
	p := open(t, "#data=spiral&depth=8&width=16&activation=relu&lr=0.05&batch=32&steps=50&seed=1&a=normal(0,1)&b=kaiming-normal")
	p.train()
	assert.Regexp(t, `^Exploded at step \d+, layer \d+`, p.text(".column.a .outcome"))
	assert.Contains(t, p.text("#loss"), "A exploded")
	assert.Regexp(t, `^step 50 of 50 A exploded B \d`, p.text("#position"))
	assert.Contains(t, p.text(".column.a .gradient"), "∞")
	assert.Contains(t, p.text(".column.a .histograms-title"), "not finite from layer")
	assert.NotContains(t, p.text(".column.a"), "NaN")
	assert.NotContains(t, eval[[]string](p, `[...document.querySelectorAll("#loss text")].map((e) => e.textContent)`), "5", "what exploded leaves the scale to the other")
}

func TestWeightsOfAFileEndAnExplosion(t *testing.T) {
	p := open(t, "#data=spiral&depth=4&width=16&lr=0.2&batch=32&steps=40&seed=1&optimizer=adamw&a=normal(0,1e15)&b=normal(0,1e15)")
	p.train()
	assert.Regexp(t, `^Exploded at step \d+, `, p.text(".column.a .outcome"))
	setup := session.Default()
	setup.Depth = 4
	s, err := session.Open(setup)
	require.NoError(t, err)
	file, err := s.Save()
	require.NoError(t, err)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".column.a .load"), []string{left(t, "sound.safetensors", file)}))
	p.until(`document.querySelector(".column.a .weights-note").textContent.includes("sound.safetensors") && !document.getElementById("train").disabled`)
	assert.Empty(t, p.text(".column.a .outcome"))
	p.train()
	assert.NotContains(t, p.text(".column.a .outcome"), "step 0")
	assert.Regexp(t, `^step 40 of 40 A \d`, p.text("#position"))
}

func TestSettingsThatCannotBeAreExplained(t *testing.T) {
	p := open(t, short)
	p.set(".column.a input.text", "kaiming-abnormal")
	assert.Contains(t, p.text("#problem"), `no initialization is called "kaiming-abnormal"`)
	p.set(".column.a input.text", "orthogonal")
	assert.Equal(t, true, eval[bool](p, `document.getElementById("problem").hidden`))
}

func TestTheDepthSliderDrawsBothStartsAnew(t *testing.T) {
	p := open(t, short)
	for _, depth := range []string{"2", "30", "50", "11"} {
		p.set(`input[name=depth]`, depth)
		p.until(`document.querySelector(".column.a .histograms svg").textContent.includes("layer ` + depth + `")`)
	}
	assert.Contains(t, p.text(".column.b .signal-title"), "dies")
}

func TestWeightsComeInFromAFile(t *testing.T) {
	p := open(t, short)
	other := session.Default()
	other.Depth, other.Scheme, other.LR = 4, "normal(0,0.01)", 0.2
	s, err := session.Open(other)
	require.NoError(t, err)
	file, err := s.Save()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "small.safetensors")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	before := p.text(".column.a .signal-title")
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".column.a .load"), []string{path}))
	p.until(`document.querySelector(".column.a .weights-note").textContent.includes("small.safetensors")`)
	assert.NotEqual(t, before, p.text(".column.a .signal-title"))
	assert.Contains(t, p.text(".column.a .signal-title"), "dies")

	require.NoError(t, os.WriteFile(path, file[:50], 0o600))
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".column.b .load"), []string{path}))
	p.until(`document.querySelector(".column.b .weights-note").textContent != ""`)
	assert.NotContains(t, p.text(".column.b .weights-note"), "holds the weights")
}

// TestPictures is for eyes: it writes what the page looks like, wide and narrow, light and dark, before and after training.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("without -pictures there is nothing to write")
	}
	require.NoError(t, os.MkdirAll(*pictures, 0o755))
	p := open(t, short)
	shoot := func(name string) {
		eval[string](p, `document.getElementById("controls").style.position = "static"`)
		require.NoError(t, os.WriteFile(filepath.Join(*pictures, name+".png"), get(p, chromedp.FullScreenshot(100)), 0o600))
	}
	for _, width := range []int64{1280, 360} {
		for _, dark := range []bool{false, true} {
			name := fmt.Sprintf("%d-%t", width, dark)
			p.size(width, 900, dark)
			p.visit("#steps=300")
			shoot(name + "-start")
			p.train()
			shoot(name + "-end")
		}
	}
	p.size(1280, 900, false)
	for i := range eval[int](p, `document.querySelectorAll("#presets button").length`) {
		p.click(fmt.Sprintf("#presets button:nth-child(%d)", i+1))
		p.idle()
		shoot(fmt.Sprintf("lesson-%d", i+1))
	}
	p.visit("#data=digits&depth=4")
	shoot("digits")
	p.visit("#data=csv:own.csv&csv=" + url.QueryEscape(corners))
	shoot("own")
}
