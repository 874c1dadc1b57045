package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/play/internal/session"
)

// drop lets a file fall onto the middle of an element, as from the desktop.
func (p *page) drop(selector, path string) {
	p.t.Helper()
	at := eval[[]float64](p, fmt.Sprintf(`(() => {
		const element = document.querySelector(%q);
		element.scrollIntoView({ block: "center" });
		const b = element.getBoundingClientRect();
		return [b.left + b.width / 2, b.top + b.height / 2];
	})()`, selector))
	p.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		for _, kind := range []input.DispatchDragEventType{
			input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
		} {
			_, err := cdp.Call(ctx, target, input.DispatchDragEvent, input.DispatchDragEventParams{
				Type: kind, X: at[0], Y: at[1],
				Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1},
			})
			if err != nil {
				return chromedp.Void{}, err
			}
		}
		return chromedp.Void{}, nil
	})
}

// left writes a file for a test.
func left(t *testing.T, name string, content []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

func TestADroppedTableIsTaken(t *testing.T) {
	p := open(t, strings.Replace(short, "batch=32", "batch=4", 1))
	p.drop("#settings", left(t, "corners.csv", []byte(corners)))
	p.until(`document.getElementById("command").textContent.includes("--data csv:own.csv")`)
	p.idle()
	assert.Equal(t, corners, eval[string](p, `document.getElementById("own-text").value`))
	assert.Equal(t, false, eval[bool](p, `document.getElementById("own").hidden`))
	eval[bool](p, `(document.getElementById("train").click(), true)`) // the mouse still drags, as far as the browser knows
	p.until(`document.querySelector(".column.a .outcome").textContent.includes("It learns")`)

	p.drop(".column.b", left(t, "long.csv", make([]byte, 1<<20+1)))
	p.until(`document.getElementById("refused").textContent == "long.csv has 1048577 bytes, but a table must have at most 1048576"`)
	assert.Equal(t, corners, eval[string](p, `document.getElementById("own-text").value`), "what was there stays")
}

func TestDroppedWeightsAreThoseOfTheColumn(t *testing.T) {
	p := open(t, short)
	setup := session.Default()
	setup.Depth, setup.LR, setup.Steps, setup.Scheme = 4, 0.2, 600, "kaiming-normal"
	s, err := session.Open(setup)
	require.NoError(t, err)
	file, err := s.Save()
	require.NoError(t, err)
	weights := left(t, "mine.safetensors", file)

	mine, small := p.text(".column.a .signal-title"), p.text(".column.b .signal-title")
	require.NotEqual(t, mine, small)
	p.drop("#loss", weights)
	p.until(`document.getElementById("refused").textContent.includes("drop them on A or on B")`)
	assert.Equal(t, small, p.text(".column.b .signal-title"))

	p.drop(".column.b .map", weights)
	p.until(`document.querySelector(".column.b .weights-note").textContent == "holds the weights of mine.safetensors"`)
	p.until(fmt.Sprintf(`document.querySelector(".column.b .signal-title").textContent == %q`, mine))
	assert.NotContains(t, p.text(".column.a .weights-note"), "mine")

	p.drop(".column.b .map", left(t, "cut.safetensors", file[:100]))
	p.until(`/safetensors|bytes|header/.test(document.querySelector(".column.b .weights-note").textContent) && !document.querySelector(".column.b .weights-note").textContent.includes("mine")`)
	assert.Equal(t, mine, p.text(".column.b .signal-title"), "what was there stays")
}
