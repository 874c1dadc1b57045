package inspect

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/heft-ml/heft/internal/table"
)

const (
	ample     = 26 // columns that the first column of a table keeps while others can go
	narrowest = 8  // columns that it always keeps
)

// sheet is a table whose first column holds names, which are cut when there is no room for them. Of columns that can go, the one with
// the highest number goes first.
type sheet []table.Column

// append adds a row, one cell a column.
func (t sheet) append(cells ...string) {
	for i, cell := range cells {
		t[i].Cells = append(t[i].Cells, cell)
	}
}

// fit returns a table no wider than width, if it can be: it drops columns until the first can be read, then cuts the
// first unless names stay whole. The table itself does not change.
func (t sheet) fit(width int, w writing) sheet {
	names := t[0].Width()
	for table.Width(t)-names+min(names, ample) > width {
		drop := 0
		for i, c := range t {
			if c.Expend > t[drop].Expend {
				drop = i
			}
		}
		if t[drop].Expend == 0 {
			break
		}
		t = slices.Concat(t[:drop], t[drop+1:])
	}
	room := max(width-(table.Width(t)-names), narrowest)
	if w.whole || names <= room {
		return t
	}
	cells := make([]string, len(t[0].Cells))
	for i, name := range t[0].Cells {
		cells[i] = w.cutName(name, room)
	}
	t = slices.Clone(t)
	t[0] = table.Column{Title: t[0].Title, Cells: cells}
	return t
}

// String draws the sheet, a line a row.
func (t sheet) String() string { return table.Lines(t) }

func blanks(n int) string { return strings.Repeat(" ", n) }

// item is a label and what belongs to it.
type item struct {
	label string
	words []string
	brief bool // cut the words rather than break them over lines
}

// longestLabel is how wide a label may be; on wide paper it has a quarter.
const longestLabel = 24

// list sets items below one another, indented, with their words side by side and wrapped to width. Labels that are too
// long are cut.
func (w writing) list(items []item, width int) string {
	margin, longest := 0, max(longestLabel, width/4)
	for i := range items {
		items[i].label = w.cut(items[i].label, longest, longest/2)
		margin = max(margin, uniseg.StringWidth(items[i].label))
	}
	room := max(width-margin-2*table.Gap, narrowest)
	var b strings.Builder
	for _, it := range items {
		if it.brief {
			for i, word := range it.words {
				it.words[i] = w.cut(word, room, 0)
			}
		}
		label := it.label
		for _, line := range w.wrap(it.words, room) {
			padding := blanks(margin - uniseg.StringWidth(label) + table.Gap)
			b.WriteString(blanks(table.Gap) + label + padding + line + "\n")
			label = ""
		}
	}
	return b.String()
}

// wrap sets words into lines of at most width columns. A word that is longer than a line begins one, and goes on in the
// next.
func (w writing) wrap(words []string, width int) []string {
	var lines []string
	for _, word := range words {
		end := len(lines) - 1
		if end >= 0 && uniseg.StringWidth(lines[end])+table.Gap+uniseg.StringWidth(word) <= width {
			lines[end] += blanks(table.Gap) + word
			continue
		}
		for uniseg.StringWidth(word) > width {
			piece := first(word, width)
			if piece == "" { // Hangul letters without end can be one character wider than a line
				word = w.cut(word, width, 0)
				break
			}
			lines = append(lines, piece)
			word = word[len(piece):]
		}
		lines = append(lines, word)
	}
	return lines
}
