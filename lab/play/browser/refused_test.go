package browser

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// refused is what the page says that it did not take.
func (p *page) refused() string {
	p.t.Helper()
	return eval[string](p, `document.getElementById("refused").hidden ? "" : document.getElementById("refused").textContent`)
}

func TestAddressesThatCannotBeAreMendedAndSaid(t *testing.T) {
	p := open(t, "")
	const start = "#data=spiral&depth=8&width=16&lr=0.05&batch=32&steps=2000&seed=1&activation=relu&optimizer=sgd&a=kaiming-normal&b=xavier-normal"
	for hash, says := range map[string][]string{
		"#seed=-1": {"seed is -1, but must be a whole number from 0 to 9007199254740991: 1 is taken instead."},
		"#depth=0&width=129&lr=0&momentum=1&batch=257&steps=1e9&seed=18446744073709551615": {
			"depth is 0, but must be a whole number from 1 to 50: 8 is taken instead.",
			"width is 129, but must be a whole number from 1 to 128",
			"learning rate is 0, but must be from 1e-9 to 1000000000: 0.05 is taken instead.",
			"momentum is 1, but must be from 0 to 0.9999: 0 is taken instead.",
			"batch is 257, but must be a whole number from 1 to 256",
			"steps is 1e9, but must be a whole number from 1 to 100000",
			"seed is 18446744073709551615, but must be",
		},
		"#depth=51&width=1.5&lr=inf&momentum=x&batch=-1&steps=&seed=": {
			"depth is 51,", "width is 1.5,", "learning rate is inf,", "momentum is x,", "batch is -1,", "steps is empty,", "seed is empty,",
		},
		"#data=mnist&activation=swoosh&residual=yes&optimizer=newton": {
			"data is mnist, but must be one of digits, ",
			"activation is swoosh, but must be one of relu, ",
			"residual is yes, but must be one of plain, pre-norm, post-norm, deepnet: none is taken instead.",
			"optimizer is newton, but must be one of adamw, ",
		},
		"#a=kaimin&b=kaiming-normal;99.*=zeros": {
			`A: scheme: no initialization is called "kaimin" (did you mean kaiming-uniform or kaiming-normal?)`,
			`B: scheme: init "kaiming-normal;99.*=zeros": the pattern "99.*" fits no parameter`,
		},
	} {
		p.visit(hash)
		for _, sentence := range says {
			assert.Contains(t, p.refused(), sentence, hash)
		}
		assert.Equal(t, start, eval[string](p, "decodeURIComponent(location.hash)"), "%s: the link is that of what stands on the page", hash)
		assert.Equal(t, false, eval[bool](p, `document.getElementById("train").disabled`), "%s: the page goes on", hash)
	}
	p.visit("#optimizer=adam&momentum=0.9")
	assert.Equal(t, "momentum is 0.9, but adam takes none: 0 is taken instead.", p.refused())
	p.visit("#depth=1&seed=9007199254740991&momentum=0.9999")
	assert.Empty(t, p.refused(), "the ends of their ranges")
	assert.Equal(t, "1", eval[string](p, `document.getElementById("settings").elements.depth.value`))
	eval[bool](p, `(location.hash = "#seed=-5", true)`)
	p.until(`!document.getElementById("refused").hidden`)
	p.idle()
	assert.Contains(t, p.refused(), "9007199254740991 is taken instead.", "a link that is followed from the page keeps what was there")
}

func TestFieldsKeepWhatTheyHadWhenTheyAreGivenWhatCannotBe(t *testing.T) {
	p := open(t, short)
	before := eval[string](p, "location.hash")
	for field, value := range map[string]string{"seed": "-1", "width": "0", "lr": "-0.1", "momentum": "1.5", "batch": "2.5", "steps": ""} {
		was := eval[string](p, `document.getElementById("settings").elements.`+field+`.value`)
		p.set("#settings [name="+field+"]", value)
		assert.Contains(t, p.refused(), was+" is taken instead.", field)
		assert.Equal(t, was, eval[string](p, `document.getElementById("settings").elements.`+field+`.value`), field)
		assert.Equal(t, before, eval[string](p, "location.hash"), field)
	}
	p.set("#settings [name=seed]", "2")
	assert.Empty(t, p.refused(), "what is taken takes the complaint away")
	p.set(".column.a .rule-layer", "99")
	p.set("#layer", "2.6")
	p.until(`document.querySelector(".column.a .units-title").textContent.startsWith("Units of layer 3")`)
}
