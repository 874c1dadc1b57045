package inspect

import (
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// writing is how text is put on a terminal: names and metadata come from whoever made the file, and must not command it.
type writing struct {
	ascii bool
	whole bool // names are not cut
}

// Longest text, in bytes, that is looked at, and how much of its beginning stays. No terminal shows as much.
const (
	longest   = 4096
	longStart = 1024
)

// safe makes any text printable, on one line. Control characters, invisible ones and those that turn the direction of text
// become escapes as in Go's source; with ascii, so does all that ASCII lacks. The middle of very long text is left out.
func (w writing) safe(s string) string {
	if s == "" {
		return `""`
	}
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longStart], "") + w.mark() + strings.ToValidUTF8(s[len(s)-longest+longStart:], "")
	}
	quoted := strconv.Quote(s)
	if w.ascii {
		quoted = strconv.QuoteToASCII(s)
	}
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// mark stands for text that is left out.
func (w writing) mark() string {
	if w.ascii {
		return "..."
	}
	return "…"
}

// cut shortens printable text to width columns: the beginning and the last tail columns stay, with a mark between. When
// width has no room for more than the mark, the mark is all.
func (w writing) cut(s string, width, tail int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	mark := w.mark()
	room := max(width-uniseg.StringWidth(mark), 0)
	tail = min(tail, room)
	return first(s, room-tail) + mark + last(s, tail)
}

// cutName shortens the name of a tensor or a module to width columns, in the middle: its end stays, and what [moduleOf]
// keeps, so that the number of the layer does. Where there is no room for both, the name is cut at its beginning.
func (w writing) cutName(name string, width int) string {
	module, mark := moduleOf(name), uniseg.StringWidth(w.mark())
	rest := uniseg.StringWidth(name[len(module):])
	tail := max(width-mark-uniseg.StringWidth(module), width/3)
	switch {
	case uniseg.StringWidth(name) <= width:
		return name
	case rest == 0: // one part, and no number to keep
		return w.cut(name, width, width/2)
	case rest <= tail:
		return w.cut(name, width, width)
	}
	return w.cut(module, width-mark-tail, width) + w.mark() + last(name, tail)
}

// first returns as many characters from the beginning of s as fit into width columns.
func first(s string, width int) string {
	rest, state, columns := s, -1, 0
	for rest != "" {
		_, after, n, next := uniseg.FirstGraphemeClusterInString(rest, state)
		if columns += n; columns > width {
			break
		}
		rest, state = after, next
	}
	return s[:len(s)-len(rest)]
}

// last returns as many characters from the end of s as fit into width columns.
func last(s string, width int) string {
	rest, state, columns := s, -1, uniseg.StringWidth(s)
	for columns > width && rest != "" {
		_, after, n, next := uniseg.FirstGraphemeClusterInString(rest, state)
		rest, state = after, next
		columns -= n
	}
	return rest
}

// Heights of a histogram's bars, the empty one first.
var (
	blocks      = []rune(" ▁▂▃▄▅▆▇█")
	asciiBlocks = []rune(" .:-=+*#@")
)

// bars draws a histogram, a character a bin. The fullest bin has the full height, and only an empty one has none.
func (w writing) bars(counts [Bins]int) string {
	heights := blocks
	if w.ascii {
		heights = asciiBlocks
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	if most == 0 {
		return ""
	}
	var b strings.Builder
	for _, n := range counts {
		share := float64(n) / float64(most)
		level := int(share * float64(len(heights)-1))
		if n > 0 {
			level = max(level, 1)
		}
		b.WriteRune(heights[level])
	}
	return b.String()
}
