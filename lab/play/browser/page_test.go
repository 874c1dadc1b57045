package browser

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/play"
)

// limit is how long a test may take: machines that run tests may be busy.
const limit = 4 * time.Minute

var pictures = flag.String("pictures", "", "folder to write pictures of the page to")

var site = sync.OnceValues(func() (*play.Site, error) {
	engine, err := play.Build(context.Background(), func(string) {})
	if err != nil {
		return nil, err
	}
	return play.NewSite(engine)
})

// chromium returns the browser's path.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium on PATH: install it (apt install chromium) to test the page")
	return ""
}

// page is the laboratory in a browser.
type page struct {
	t       *testing.T
	ctx     context.Context
	address string

	mu       sync.Mutex
	mistakes []string // what the page's console complained of
}

// open starts a browser at the page, with settings in its hash, and waits until the start is drawn.
func open(t *testing.T, hash string) *page {
	t.Helper()
	path := chromium(t)
	s, err := site()
	require.NoError(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WSURLReadTimeout(limit))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // Chromium refuses its sandbox to root
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx, address: server.URL}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.mistakes = append(p.mistakes, m.String())
			p.mu.Unlock()
		}
	}()
	p.size(1280, 900, false)
	p.visit(hash)
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		require.Empty(t, p.mistakes)
	})
	return p
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, actions...))
}

// get returns what an action finds.
func get[T any](p *page, action chromedp.Action[T]) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, action)
	require.NoError(p.t, err)
	return value
}

// visit opens settings as a new page would.
func (p *page) visit(hash string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.address+"/"+hash))
	p.idle()
}

// idle waits until both networks are open and drawn.
func (p *page) idle() {
	p.t.Helper()
	p.until(`document.querySelectorAll("#columns .signal svg").length == 2 && document.getElementById("laboratory").getAttribute("aria-busy") == "false"`)
}

// until waits for a condition of the page.
func (p *page) until(condition string) {
	p.t.Helper()
	poll := chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(limit/2), chromedp.WithPollingInterval(50*time.Millisecond))
	_, err := chromedp.Run(p.ctx, poll)
	for range 3 { // a page that has just been left takes its context with it
		if err == nil || !strings.Contains(err.Error(), "Cannot find context") {
			break
		}
		_, err = chromedp.Run(p.ctx, poll)
	}
	if err != nil {
		require.NoError(p.t, err, "%s: the page says %q", condition, p.text("header"))
	}
}

func (p *page) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("document.querySelector(%q).textContent", selector))
}

// eval returns the value of an expression.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	return get(p, chromedp.Evaluate[T](expression))
}

func (p *page) click(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// set changes a field as a user would, and tells the page.
func (p *page) set(selector, value string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.value = %q;
		for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
		return true;
	})()`, selector, value))
	p.idle()
}

// train trains to the end.
func (p *page) train() {
	p.t.Helper()
	p.click("#train")
	p.until(`document.getElementById("train").textContent == "Train" && document.getElementById("train").disabled`)
}

func (p *page) size(width, height int64, dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.do(chromedp.EmulateViewport(width, height), func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return chromedp.Void{}, err
	})
}
