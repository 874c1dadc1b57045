package inspect

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// column is one column of a table. All columns of a table have the same number of cells, of printable text.
type column struct {
	title  string
	right  bool // numbers stand to the right
	expend int  // when there is no room, the column with the highest goes first; 0 stays
	cells  []string
}

const (
	gap       = 2  // blanks between columns
	ample     = 26 // columns that the first column of a table keeps while others can go
	narrowest = 8  // columns that it always keeps
)

// width is how many columns of the terminal the widest cell takes.
func (c column) width() int {
	w := uniseg.StringWidth(c.title)
	for _, cell := range c.cells {
		w = max(w, uniseg.StringWidth(cell))
	}
	return w
}

// table is drawn without lines. Its first column holds names, which are cut when there is no room for them.
type table []column

// append adds a row, one cell a column.
func (t table) append(cells ...string) {
	for i, cell := range cells {
		t[i].cells = append(t[i].cells, cell)
	}
}

// width is how wide the table is when nothing is cut.
func (t table) width() int {
	sum := -gap
	for _, c := range t {
		sum += c.width() + gap
	}
	return sum
}

// fit returns a table no wider than width, if it can be: it drops columns until the first can be read, then cuts the
// first unless names stay whole. The table itself does not change.
func (t table) fit(width int, w writing) table {
	names := t[0].width()
	for t.width()-names+min(names, ample) > width {
		drop := 0
		for i, c := range t {
			if c.expend > t[drop].expend {
				drop = i
			}
		}
		if t[drop].expend == 0 {
			break
		}
		t = slices.Concat(t[:drop], t[drop+1:])
	}
	room := max(width-(t.width()-names), narrowest)
	if w.whole || names <= room {
		return t
	}
	cells := make([]string, len(t[0].cells))
	for i, name := range t[0].cells {
		cells[i] = w.cutName(name, room)
	}
	t = slices.Clone(t)
	t[0] = column{title: t[0].title, cells: cells}
	return t
}

// String draws the table, a line a row.
func (t table) String() string {
	widths := make([]int, len(t))
	for i, c := range t {
		widths[i] = c.width()
	}
	var b strings.Builder
	for row := -1; row < len(t[0].cells); row++ {
		var line strings.Builder
		for i, c := range t {
			cell := c.title
			if row >= 0 {
				cell = c.cells[row]
			}
			if i > 0 {
				line.WriteString(blanks(gap))
			}
			padding := blanks(widths[i] - uniseg.StringWidth(cell))
			if c.right {
				line.WriteString(padding + cell)
			} else {
				line.WriteString(cell + padding)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

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
	room := max(width-margin-2*gap, narrowest)
	var b strings.Builder
	for _, it := range items {
		if it.brief {
			for i, word := range it.words {
				it.words[i] = w.cut(word, room, 0)
			}
		}
		label := it.label
		for _, line := range w.wrap(it.words, room) {
			padding := blanks(margin - uniseg.StringWidth(label) + gap)
			b.WriteString(blanks(gap) + label + padding + line + "\n")
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
		if end >= 0 && uniseg.StringWidth(lines[end])+gap+uniseg.StringWidth(word) <= width {
			lines[end] += blanks(gap) + word
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
