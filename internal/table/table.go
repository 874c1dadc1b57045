// Package table sets cells in columns and, where a line has no room for them, below one another.
package table

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// Column is one column. All columns of a table have the same number of cells, of printable text: see [Safe].
type Column struct {
	Title  string
	Right  bool // numbers stand to the right
	Expend int  // when there is no room, the columns with the highest number go first, together; those of 0 stay
	Cells  []string
}

// Gap is how many blanks stand between columns, and before what belongs to a name.
const Gap = 2

// Safe makes any text printable, on one line: control characters, invisible ones and those that turn the direction of
// text become escapes as in Go's source.
func Safe(s string) string {
	quoted := strconv.Quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// Write draws a table without lines, the titles first. Columns without any text are left out, and so are expendable ones
// until a line fits into width columns of a terminal. If what is left does not fit either, every row becomes a paragraph
// with nothing left out: the first column's cell, and below it the other cells that are not empty, each after its title.
func Write(w io.Writer, width int, columns ...Column) error {
	out := bufio.NewWriter(w) // its first error stays until Flush
	columns = slices.DeleteFunc(slices.Clone(columns), Column.empty)
	if len(columns) == 0 {
		return nil
	}
	if fitting := fit(columns, width); Width(fitting) <= width {
		out.WriteString(Lines(fitting))
	} else {
		writeParagraphs(out, columns)
	}
	return out.Flush()
}

// fit leaves out columns until the line fits or none can go any more.
func fit(columns []Column, width int) []Column {
	for Width(columns) > width {
		first := 0
		for _, c := range columns {
			first = max(first, c.Expend)
		}
		if first == 0 {
			break
		}
		columns = slices.DeleteFunc(slices.Clone(columns), func(c Column) bool { return c.Expend == first })
	}
	return columns
}

// Width is how wide a line of these columns is.
func Width(columns []Column) int {
	sum := -Gap
	for _, c := range columns {
		sum += c.Width() + Gap
	}
	return sum
}

func (c Column) empty() bool {
	for _, cell := range c.Cells {
		if cell != "" {
			return false
		}
	}
	return true
}

// Width is how many columns of a terminal the widest cell takes.
func (c Column) Width() int {
	w := uniseg.StringWidth(c.Title)
	for _, cell := range c.Cells {
		w = max(w, uniseg.StringWidth(cell))
	}
	return w
}

// Lines draws the columns side by side, the titles first, a line a row.
func Lines(columns []Column) string {
	var out strings.Builder
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = c.Width()
	}
	for row := -1; row < len(columns[0].Cells); row++ {
		var line strings.Builder
		for i, c := range columns {
			cell := c.Title
			if row >= 0 {
				cell = c.Cells[row]
			}
			if i > 0 {
				line.WriteString(blanks(Gap))
			}
			padding := blanks(widths[i] - uniseg.StringWidth(cell))
			if c.Right {
				line.WriteString(padding + cell)
			} else {
				line.WriteString(cell + padding)
			}
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return out.String()
}

func writeParagraphs(out *bufio.Writer, columns []Column) {
	margin := 0
	for _, c := range columns[1:] {
		margin = max(margin, uniseg.StringWidth(c.Title))
	}
	for row, name := range columns[0].Cells {
		out.WriteString(name + "\n")
		for _, c := range columns[1:] {
			if cell := c.Cells[row]; cell != "" {
				out.WriteString(blanks(Gap) + c.Title + blanks(margin-uniseg.StringWidth(c.Title)+Gap) + cell + "\n")
			}
		}
	}
}

func blanks(n int) string { return strings.Repeat(" ", n) }
