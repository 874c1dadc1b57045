package browser

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// covered lists texts of the histograms that touch another one.
const covered = `(() => {
	const boxes = [...document.querySelectorAll(".column.a .histograms text")].map((e) => [e.textContent, e.getBoundingClientRect()]);
	const touch = (p, q) => p.left < q.right && q.left < p.right && p.top < q.bottom - 2 && q.top < p.bottom - 2;
	return boxes.filter(([, p], i) => boxes.some(([, q], k) => i != k && touch(p, q))).map(([text]) => text);
})()`

// under lists what the controls hide when it gets the focus.
const under = `(() => {
	const controls = document.getElementById("controls"), hidden = [];
	for (const e of document.querySelectorAll("button, select, input, summary, canvas[tabindex]")) {
		if (controls.contains(e)) continue;
		scrollTo(0, 0);
		e.focus();
		if (document.activeElement === e && e.getBoundingClientRect().bottom > controls.getBoundingClientRect().top) hidden.push(e.name || e.className || e.textContent);
	}
	return hidden;
})()`

func TestAPhoneNeedsNoSidewaysScrolling(t *testing.T) {
	p := open(t, short)
	p.size(360, 740, false)
	p.visit(short)
	assert.LessOrEqual(t, eval[int](p, "document.documentElement.scrollWidth"), 360)
	assert.Empty(t, eval[[]string](p, covered), "texts lie over each other")
	assert.Empty(t, eval[[]string](p, under), "what has the focus is seen")

	eval[bool](p, `(document.querySelector(".column.b .text").scrollIntoView(), true)`)
	p.set(".column.b .text", "kaiming-abnormal")
	at := eval[[]float64](p, `(() => { const b = document.getElementById("problem").getBoundingClientRect(); return [b.top, b.bottom, innerHeight]; })()`)
	assert.Positive(t, at[0], "what is wrong is said where the page stands")
	assert.Less(t, at[1], at[2])
}

func TestWhatIsComparedStandsSideBySide(t *testing.T) {
	p := open(t, short)
	p.size(1024, 768, true)
	p.visit("#depth=8&steps=20&a=kaiming-normal&b=normal(0,0.01)")
	p.train()
	assert.Empty(t, eval[[]string](p, covered), "texts lie over each other")
	both := func(key string) []float64 {
		return eval[[]float64](p, `["signal", "gradient", "histograms", "predict", "map"].map((name) => document.querySelector(".column.`+key+` ." + name).getBoundingClientRect().top)`)
	}
	a := both("a")
	assert.InDeltaSlice(t, a, both("b"), 0.5)
	assert.InDelta(t, a[0], a[1], 0.5, "signal and gradient have one height")
}

func TestASingleLayerIsSeen(t *testing.T) {
	p := open(t, "#depth=1")
	assert.Positive(t, eval[float64](p, `document.querySelector(".column.a .signal path.own").getTotalLength()`))
	assert.Equal(t, "A: nothing yet after 0 steps; B: nothing yet after 0 steps", eval[string](p, `document.querySelector("#loss svg").getAttribute("aria-label")`))
}
