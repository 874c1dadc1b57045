package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/play/internal/session"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// downloads makes the browser save files into a folder.
func downloads(p *page) (dir string) {
	dir = p.t.TempDir()
	p.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
		})
		return chromedp.Void{}, err
	})
	return dir
}

// saved waits for a file, whole.
func saved(t *testing.T, path string) (content []byte) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		content, err = os.ReadFile(path)
		return err == nil && len(content) > 0
	}, limit/2, 50*time.Millisecond)
	return content
}

func TestSavedWeightsAreThoseOfTheNetwork(t *testing.T) {
	p := open(t, short)
	dir := downloads(p)
	p.train()
	p.click(".column.a .save")
	file := saved(t, filepath.Join(dir, "play-a-step600.safetensors"))
	r, err := safetensors.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	assert.Equal(t, "600", r.Metadata()["heft.step"])
	assert.Contains(t, r.Metadata()["heft.lab"], "--schemes kaiming-normal")

	setup := session.Default()
	setup.Depth, setup.LR, setup.Steps, setup.Scheme = 4, 0.2, 600, "zeros"
	s, err := session.Open(setup)
	require.NoError(t, err)
	require.NoError(t, s.Load(file))
	assert.InDelta(t, loss(p, "a"), float64(s.View(false).Loss), 0.1, "the running mean of batches is about the loss of the whole")
	assert.Less(t, float64(s.View(false).Loss), 0.35)
}

func TestCopyLinkCopiesTheAddress(t *testing.T) {
	p := open(t, short)
	p.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		for _, name := range []string{"clipboard-read", "clipboard-write"} {
			_, err := cdp.Call(ctx, target, browser.SetPermission, browser.SetPermissionParams{
				Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			})
			if err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	})
	p.set(".column.b select.name", "xavier-normal")
	p.click("#share")
	p.until(`document.getElementById("share").textContent == "Copied"`)
	eval[bool](p, `(navigator.clipboard.readText().then((text) => { window.copied = text; }), true)`)
	p.until(`typeof window.copied == "string"`)
	copied := eval[string](p, `window.copied`)
	assert.Equal(t, eval[string](p, "location.href"), copied)
	assert.Contains(t, copied, "b=xavier-normal")
}

func TestHoverShowsAUnitInTheLargeMap(t *testing.T) {
	p := open(t, short)
	const whole = "What it makes of the plane"
	require.Equal(t, whole, p.text(".column.a .map-title"))
	eval[bool](p, `(document.querySelector(".column.a .units").scrollIntoView({ block: "center" }), true)`)
	box := eval[[]float64](p, `(() => { const b = document.querySelector(".column.a .units").getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()`)
	move := func(x, y float64) { p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y)) }
	move(box[0]+box[2]*0.9, box[1]+box[3]*0.1) // the last of the first row of four
	p.until(`document.querySelector(".column.a .map-title").textContent == "Unit 4 of layer 1"`)
	assert.Equal(t, whole, p.text(".column.b .map-title"), "the other column has its own")
	move(1, 1)
	p.until(fmt.Sprintf(`document.querySelector(".column.a .map-title").textContent == %q`, whole))
}

// corners are points that a line tells apart.
const corners = "x,y,side\n-1,-1,left\n-1,1,left\n-0.8,0.2,left\n-1.2,-0.3,left\n1,1,right\n1,-1,right\n0.9,0.1,right\n1.1,-0.2,right\n"

func TestOwnDataAreLearnedAndStandInTheLink(t *testing.T) {
	p := open(t, strings.Replace(short, "batch=32", "batch=4", 1))
	p.set("#settings [name=data]", "csv:own.csv")
	assert.Equal(t, false, eval[bool](p, `document.getElementById("own").hidden`))
	assert.Contains(t, eval[string](p, `document.getElementById("own-text").value`), "x,y,class\n", "what was there stands as an example")

	p.set("#own-text", corners)
	p.click("#own-use")
	p.idle()
	assert.Contains(t, p.text("#command"), "--data csv:own.csv")
	p.train()
	assert.Contains(t, p.text(".column.a .outcome"), "It learns")
	first := curve(p, "a")

	p.visit(eval[string](p, "location.hash"))
	assert.Equal(t, corners, eval[string](p, `document.getElementById("own-text").value`))
	p.train()
	assert.Equal(t, first, curve(p, "a"))

	dir := downloads(p)
	p.click("#own-save")
	assert.Equal(t, corners, string(saved(t, filepath.Join(dir, "own.csv"))))
}

func TestOwnDataThatCannotBeAreExplained(t *testing.T) {
	p := open(t, short)
	path := filepath.Join(t.TempDir(), "three.csv")
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(corners, "1,1,right", "1,1,middle", 1)), 0o600))
	p.set("#settings [name=data]", "csv:own.csv")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#own-file"), []string{path}))
	p.until(`document.getElementById("problem").textContent.includes("3 classes")`)
	p.set("#settings [name=data]", "circles")
	assert.Equal(t, true, eval[bool](p, `document.getElementById("problem").hidden`))
}

func TestMomentumIsOfTheOptimizersThatTakeIt(t *testing.T) {
	p := open(t, short)
	p.set("#settings [name=momentum]", "0.9")
	assert.Contains(t, eval[string](p, "location.hash"), "momentum=0.9")
	assert.Contains(t, p.text("#command"), "--momentum 0.9")
	p.set("#settings [name=optimizer]", "adamw")
	assert.NotContains(t, eval[string](p, "location.hash"), "momentum")
	assert.Equal(t, true, eval[bool](p, `document.querySelector("#settings [name=momentum]").disabled`))
	assert.Equal(t, true, eval[bool](p, `document.getElementById("problem").hidden`))
}

func TestResidualNetworksHaveBlocks(t *testing.T) {
	p := open(t, short)
	p.set("#settings [name=residual]", "pre-norm")
	assert.Contains(t, p.text("#command"), "--residual pre-norm")
	eval[bool](p, `document.querySelector(".column.a details").open = true`)
	p.set(".column.a .rule-layer", "2")
	p.set(".column.a .rule-name", "zeros")
	p.click(".column.a .rule-add")
	p.until(`location.hash.includes("blocks.1.*%3Dzeros")`)
	p.idle()
	assert.Equal(t, true, eval[bool](p, `document.getElementById("problem").hidden`), p.text("header"))
}
