package browser

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// watch makes the page note when each frame was drawn, and after how many steps of A and of B: what is drawn says so, and it
// is drawn anew in each frame. The page's own count is left out of it.
const watch = `(() => {
	window.frames_ = [];
	const loss = document.getElementById("loss");
	new MutationObserver(() => {
		const steps = [...loss.firstChild.getAttribute("aria-label").matchAll(/after (\d+) steps/g)].map((m) => Number(m[1]));
		window.frames_.push([performance.now(), ...steps]);
	}).observe(loss, { childList: true });
	return true;
})()`

// pace is what a stretch of training was like.
type pace struct {
	rate        float64 // frames a second
	slowest     float64 // milliseconds between two frames
	least       int     // steps between two frames, of the network that did fewer
	steps       float64 // the same on average
	perSecond   float64
	frameCount  int
	secondsLong float64
}

// paceOf reads frames: the time in milliseconds, the steps of A and the steps of B.
func paceOf(frames [][3]float64) pace {
	p := pace{least: 1 << 30}
	for i := 1; i < len(frames); i++ {
		f, last := frames[i], frames[i-1]
		p.slowest = max(p.slowest, f[0]-last[0])
		p.least = min(p.least, int(f[1]-last[1]), int(f[2]-last[2]))
	}
	first, last := frames[0], frames[len(frames)-1]
	p.frameCount = len(frames) - 1
	p.secondsLong = (last[0] - first[0]) / 1000
	done := min(last[1]-first[1], last[2]-first[2])
	p.rate, p.steps, p.perSecond = float64(p.frameCount)/p.secondsLong, done/float64(p.frameCount), done/p.secondsLong
	return p
}

// row is the pace as a line of a Markdown table.
func (p pace) row() string {
	return fmt.Sprintf("| %.1f | %.0f | %.0f | %d | %.0f | %.0f |", p.secondsLong, p.rate, p.slowest, p.least, p.steps, p.perSecond)
}

// TestThePageKeepsThirtyFramesASecond also holds that between any two of its frames both default networks do ten steps or
// more. It needs a machine that does nothing else, and prints what belongs into docs/results.md.
func TestThePageKeepsThirtyFramesASecond(t *testing.T) {
	if !testmode.Full() {
		t.Skip("a busy machine says nothing of speed: run with -full on an idle one")
	}
	const stretches, warming, measured = 3, time.Second, 3 * time.Second
	p := open(t, "#steps=100000")
	eval[bool](p, watch)
	held := false
	lines := []string{
		"", "Page of `heft lab play`, its default networks, " + p.where() + ":", "",
		"| seconds | frames a second | slowest frame, ms | steps of both networks in a frame, least | mean | steps of both networks a second |",
		"|---|---|---|---|---|---|",
	}
	for range stretches {
		p.click("#reset")
		p.idle()
		p.click("#train")
		time.Sleep(warming)
		eval[bool](p, `(window.frames_ = [], true)`)
		time.Sleep(measured)
		frames := eval[[][3]float64](p, `window.frames_`)
		p.click("#train")
		p.until(`document.getElementById("train").textContent == "Train"`)
		require.Greater(t, len(frames), 2, "nothing is drawn")
		now := paceOf(frames)
		lines = append(lines, now.row())
		held = held || now.rate >= 30 && now.least >= 10
	}
	t.Log(strings.Join(lines, "\n"))
	assert.True(t, held, "no stretch had 30 frames a second, with ten steps of both networks in every frame")
}

// where names the browser and the machine.
func (p *page) where() string {
	var version string
	p.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		v, err := cdp.Call(ctx, target, browser.GetVersion, cdp.Empty{})
		if err == nil {
			version = v.Product
		}
		return chromedp.Void{}, err
	})
	processor := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		lines := strings.Split(string(text), "\n")
		if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "model name") }); i >= 0 {
			_, processor, _ = strings.Cut(lines[i], ": ")
		}
	}
	return fmt.Sprintf("%s on %d threads of %s", version, runtime.NumCPU(), processor)
}

func TestThePaceIsThatOfTheNetworkThatDoesLess(t *testing.T) {
	t.Parallel()
	p := paceOf([][3]float64{{1000, 0, 0}, {1020, 12, 20}, {1060, 40, 30}})
	assert.Equal(t, pace{rate: 2 / 0.06, slowest: 40, least: 10, steps: 15, perSecond: 500, frameCount: 2, secondsLong: 0.06}, p)
}
