package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Largest sizes of a table. They are far above any table of a small network's, and keep a wrong file from taking all memory.
const (
	maxFile    = 1 << 30 // bytes of a file
	maxRecord  = 1 << 20 // bytes of a row, with the blank lines before it
	maxColumns = 1 << 15
	maxName    = 1 << 10 // bytes of a column's name, or of a category
)

// Table is the cells of a table as text: what a file holds before anything is made of it. It is read-only once made.
// Spaces around a cell do not count.
type Table struct {
	Name   string   // the file's name, for messages
	Header []string // the columns' names, all different

	rows  []string // the cells of a row, joined
	ends  []uint32 // where each cell ends in its row; row by row
	lines []int    // the line of the file in which each row starts, from 1
}

// NewTable returns a table of the given rows. The first row counts as line 2, the header being line 1.
// Its errors are those of [ReadTable].
func NewTable(name string, header []string, rows [][]string) (*Table, error) {
	t := &Table{Name: name}
	if err := t.add(slices.Clone(header), 1); err != nil {
		return nil, err
	}
	if t.Header == nil {
		return nil, t.headless()
	}
	for i, row := range rows {
		if err := t.add(slices.Clone(row), i+2); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Len returns the number of rows below the header.
func (t *Table) Len() int { return len(t.rows) }

// Line returns the line of the file in which a row starts. Rows count from 0, lines from 1.
func (t *Table) Line(row int) int { return t.lines[row] }

// Cell returns the text of a cell. Rows and columns count from 0.
func (t *Table) Cell(row, column int) string {
	ends := t.ends[row*len(t.Header):][:len(t.Header)]
	from := uint32(0)
	if column > 0 {
		from = ends[column-1]
	}
	return t.rows[row][from:ends[column]]
}

// column returns where the column of that name is, or -1.
func (t *Table) column(name string) int {
	for i, h := range t.Header {
		if h == name {
			return i
		}
	}
	return -1
}

// add takes a record as the header, if there is none yet, or as a row. A record without text is a blank line.
// The record is not kept, but its cells are trimmed in place.
func (t *Table) add(record []string, line int) error {
	blank := true
	for i, cell := range record {
		if !utf8.ValidString(cell) {
			return t.lineError(line, "not text in UTF-8: save the file in this encoding")
		}
		record[i] = strings.TrimSpace(cell)
		blank = blank && record[i] == ""
	}
	switch {
	case blank:
		return nil
	case t.Header == nil:
		return t.addHeader(record, line)
	case len(record) != len(t.Header):
		return t.lineError(line, "cells in this row: %d, columns in the header: %d", len(record), len(t.Header))
	}
	text := strings.Join(record, "")
	if len(text) > maxRecord {
		return t.lineError(line, "the row is longer than %d bytes", maxRecord)
	}
	end := uint32(0)
	for _, cell := range record {
		end += uint32(len(cell))
		t.ends = append(t.ends, end)
	}
	t.rows, t.lines = append(t.rows, text), append(t.lines, line)
	return nil
}

// addHeader takes the names of the columns.
func (t *Table) addHeader(record []string, line int) error {
	if len(record) > maxColumns {
		return t.lineError(line, "%d columns, but at most %d are allowed", len(record), maxColumns)
	}
	seen := map[string]int{}
	for i, name := range record {
		switch other, twice := seen[name]; {
		case name == "":
			return t.lineError(line, "column %d has no name: name it or remove the column", i+1)
		case len(name) > maxName:
			return t.lineError(line, "the name of column %d has %d bytes, but at most %d are allowed", i+1, len(name), maxName)
		case twice:
			return t.lineError(line, "columns %d and %d are both called %s: rename one", other+1, i+1, quote(name))
		}
		seen[name] = i
	}
	if name, ok := dataInHeader(record); ok {
		return t.lineError(line, "%s is data, not the name of a column: the first line must name the columns", quote(name))
	}
	for _, name := range record {
		t.Header = append(t.Header, strings.Clone(name))
	}
	return nil
}

// dataInHeader returns a name that tells that the first line is a row of data: any number if all names are numbers,
// else one that is not a whole number. Years, or the 0, 1, 2 of a program, are names if they stand beside others.
func dataInHeader(names []string) (string, bool) {
	numbers := 0
	for _, name := range names {
		v, ok := number(name)
		if ok && (v < 0 || name != canonical(v) || v != math.Trunc(v)) {
			return name, true
		}
		if ok {
			numbers++
		}
	}
	return names[0], numbers == len(names)
}

func (t *Table) headless() error {
	return fmt.Errorf("%s: the file is empty: it needs a line that names the columns, and rows", printable(t.Name))
}

// lineError says what is wrong in a line.
func (t *Table) lineError(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", printable(t.Name), line, fmt.Errorf(format, args...))
}

// cellError says what is wrong with a cell.
func (t *Table) cellError(row, column int, format string, args ...any) error {
	return t.lineError(t.lines[row], "column %s: %w", quote(t.Header[column]), fmt.Errorf(format, args...))
}

// quote returns the start of a text in quotes, with control characters escaped.
func quote(text string) string { return fmt.Sprintf("%.40q", text) }

// printable returns a file's name as it is or, if it holds characters that do not print, escaped in quotes.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}
