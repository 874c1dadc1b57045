package data

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// limits bounds what is read.
type limits struct {
	file   int64 // bytes of the file
	record int64 // bytes of a row, with the blank lines before it
}

// readAhead is how many bytes are read at once; the cells of a header are told apart within as many.
const readAhead = 1 << 16

// ReadTable reads a table from CSV text (RFC 4180) in UTF-8. name stands for the file in messages.
//
// The first line names the columns. It also tells what separates cells: the comma, semicolon or tab that it has most of
// (of equally many, in this order). Cells may be in double quotes, and then hold separators, line ends and, doubled,
// quotes. Lines end in LF or CR LF. Blank lines, and those of separators alone, do not count; nor does a byte order mark.
//
// Errors name the line: no header, a header that is data, a name that is missing or there twice, a row with more or
// fewer cells than the header, quotes that do not match, text that is not UTF-8; more than 1 GiB in the file, 1 MiB in
// a row, or 32,768 columns.
func ReadTable(name string, r io.Reader) (*Table, error) {
	return readTable(name, r, limits{maxFile, maxRecord})
}

func readTable(name string, r io.Reader, lim limits) (*Table, error) {
	t := &Table{Name: name}
	source := &bounded{r: r, left: 2 * readAhead}
	text := bufio.NewReaderSize(source, readAhead)
	comma, err := dialect(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", printable(name), err)
	}
	records := csv.NewReader(text) // reads from text itself: it is large enough a buffer
	records.Comma, records.FieldsPerRecord, records.ReuseRecord = comma, -1, true
	records.TrimLeadingSpace = comma != '\t' // it would take tabs for spaces
	line := 0
	for {
		source.left = lim.record + 1 // to find the end of the file takes one more
		start := records.InputOffset()
		record, err := records.Read()
		if err == io.EOF {
			break
		}
		if err == nil && records.InputOffset()-start > lim.record {
			err = errBound
		}
		if err != nil {
			return nil, t.readError(err, line, lim)
		}
		line, _ = records.FieldPos(0)
		if records.InputOffset() > lim.file {
			return nil, t.lineError(line, "the file is larger than %d bytes: use fewer rows", lim.file)
		}
		if err := t.add(record, line); err != nil {
			return nil, err
		}
	}
	if t.Header == nil {
		return nil, t.headless()
	}
	return t, nil
}

// readError says what ended the reading after a line.
func (t *Table) readError(err error, line int, lim limits) error {
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, errBound):
		return t.lineError(line+1, "the row is longer than %d bytes: a quote that is not closed?", lim.record)
	case errors.As(err, &syntax):
		return t.lineError(syntax.StartLine, "%w: put the cell in quotes and double the quotes in it", syntax.Err)
	}
	return t.lineError(line+1, "%w", err)
}

// errBound says that a record is too long.
var errBound = errors.New("longer than allowed")

// bounded reads no more than left bytes from r, give or take one read, and then fails.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBound
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// dialect skips a byte order mark and returns what separates cells, without reading the header.
func dialect(text *bufio.Reader) (comma rune, err error) {
	if mark, _ := text.Peek(3); string(mark) == "\uFEFF" {
		text.Discard(len(mark))
	}
	start, err := text.Peek(readAhead)
	if err != nil && err != io.EOF {
		return 0, err
	}
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		return 0, errors.New("the text is UTF-16: save the file as UTF-8")
	}
	header, whole, err := firstLine(start)
	if err != nil {
		return 0, err
	}
	if whole && !utf8.Valid(header) {
		return 0, errors.New("not text in UTF-8: save the file in this encoding")
	}
	comma, most := ',', 0
	for _, c := range []byte(",;\t") {
		if n := countUnquoted(header, c); n > most {
			comma, most = rune(c), n
		}
	}
	return comma, nil
}

// firstLine returns the first line that is not empty, or as much of it as is there.
func firstLine(text []byte) (line []byte, whole bool, err error) {
	text = bytes.TrimLeft(text, "\r\n")
	quoted := false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return text[:i], true, nil
		case c == '\r' && i+1 < len(text) && text[i+1] != '\n':
			return nil, false, errors.New("the first line has a CR without LF: save the file with LF or CR LF at the end of lines")
		}
	}
	return text, false, nil
}

// countUnquoted counts a character outside of double quotes.
func countUnquoted(line []byte, char byte) int {
	n, quoted := 0, false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if c == char && !quoted {
			n++
		}
	}
	return n
}
