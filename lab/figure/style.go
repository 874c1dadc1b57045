package figure

import "fmt"

// palette is Okabe and Ito's (2008), without yellow, which is too pale for a line, and black, which is the ink.
var palette = [...]string{"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"}

// dashes tell lines apart where the palette begins anew.
var dashes = [...]string{"", "6 3", "2 3"}

// Gray is the colour of what is there for comparison.
const Gray = -1

// stroke is the look of a line of a colour, which counts up from 0.
func stroke(color int) string {
	if color < 0 {
		return `class="gray"`
	}
	s := fmt.Sprintf(`class="line" stroke="%s"`, palette[color%len(palette)])
	if dash := dashes[color/len(palette)%len(dashes)]; dash != "" {
		s += fmt.Sprintf(` stroke-dasharray="%s"`, dash)
	}
	return s
}

// area is the look of a filled area.
func area(color int) string {
	if color < 0 {
		return `class="grayarea"`
	}
	return fmt.Sprintf(`class="area" fill="%s"`, palette[color%len(palette)])
}

// style is the same in every picture, so that many of them may stand in a page. Print is always light.
const style = `
.figure{--ink:#1b1b1b;--mute:#5a5a5a;--grid:#e2e2e2;--paper:#fff;max-width:100%;height:auto;display:block}
@media screen and (prefers-color-scheme:dark){.figure{--ink:#ececec;--mute:#b0b0b0;--grid:#3b3f45;--paper:#15171a}}
.figure text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}
.figure text.t{font-size:15px;font-weight:600}
.figure text.s{font-size:10.5px;fill:var(--mute)}
.figure text.m{fill:var(--mute)}
.figure .paper{fill:var(--paper)}
.figure .grid{stroke:var(--grid);stroke-width:1;fill:none}
.figure .rule{stroke:var(--mute);stroke-width:1.2;stroke-dasharray:5 4;fill:none}
.figure .lead{stroke:var(--mute);stroke-width:.8;stroke-dasharray:1 3;fill:none}
.figure .tick{stroke:var(--ink);stroke-width:1.6;fill:none}
.figure .line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.figure .thin{stroke-width:1.1}
.figure .gray{fill:none;stroke:var(--mute);stroke-width:1.6;stroke-linejoin:round}
.figure .area{fill-opacity:.6;stroke:none}
.figure .band{fill-opacity:.16;stroke:none}
.figure .grayarea{fill:var(--mute);fill-opacity:.3;stroke:none}
`
