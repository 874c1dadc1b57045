package train

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"time"
)

// metrics is what a metrics.csv tells: all of the rows but for the numbers of samples.
type metrics struct {
	rows       []Epoch
	regression bool
	validated  bool // every row has a validation score; otherwise none has
}

// maxMetrics bounds what is read: a million epochs.
const maxMetrics = 128 << 20

// readMetrics reads a metrics.csv. Errors name the file.
func readMetrics(path string) (m metrics, err error) {
	f, err := os.Open(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMetrics+1))
	if err == nil && len(text) > maxMetrics {
		err = fmt.Errorf("larger than %d bytes: not the metrics of a run", maxMetrics)
	}
	if err == nil {
		m, err = parseMetrics(text)
	}
	if err != nil {
		return metrics{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// parseMetrics reads what writeMetrics wrote. The error says in which line what is wrong.
func parseMetrics(text []byte) (m metrics, err error) {
	in := csv.NewReader(bytes.NewReader(text))
	header, err := in.Read()
	m.regression = slices.Equal(header, metricsHeader(true))
	if err != nil || !m.regression && !slices.Equal(header, metricsHeader(false)) {
		return m, fmt.Errorf("line 1 has not the columns of a run's metrics: damaged, or not of heft")
	}
	if text[len(text)-1] != '\n' {
		return m, fmt.Errorf("the last line has no end: truncated")
	}
	in.ReuseRecord = true
	for {
		cells, err := in.Read()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, err // says the line
		}
		if err := m.add(&line{header, cells, nil}); err != nil {
			number, _ := in.FieldPos(0)
			return m, fmt.Errorf("line %d: %w", number, err)
		}
	}
}

// add takes a line as the next epoch.
func (m *metrics) add(l *line) error {
	last := Epoch{}
	if len(m.rows) > 0 {
		last = m.rows[len(m.rows)-1]
	}
	e := Epoch{Epoch: l.whole(), Step: l.whole()}
	l.score(&e.Train, m.regression)
	validated := l.given()
	if validated {
		l.score(&e.Validation, m.regression)
	} else {
		l.skip(len(measures(m.regression)) + 1)
	}
	e.LR, e.GradNorm, e.Elapsed = l.number(), l.number(), l.seconds()
	switch {
	case l.err != nil:
		return l.err
	case e.Epoch != last.Epoch+1 || e.Step <= last.Step:
		return fmt.Errorf("epoch %d with step %d does not follow epoch %d with step %d", e.Epoch, e.Step, last.Epoch, last.Step)
	case len(m.rows) > 0 && validated != m.validated:
		return fmt.Errorf("some epochs have a validation score and others none")
	}
	m.rows, m.validated = append(m.rows, e), validated
	return nil
}

// line is what is left of a line: as many names of columns as cells. Its first error stays.
type line struct {
	names, cells []string
	err          error
}

// given tells whether the next cell has text.
func (l *line) given() bool { return l.cells[0] != "" }

func (l *line) next() (name, cell string) {
	name, cell = l.names[0], l.cells[0]
	l.names, l.cells = l.names[1:], l.cells[1:]
	return name, cell
}

func (l *line) refuse(name, cell, want string) {
	if l.err == nil {
		l.err = fmt.Errorf("%s is %.40q, not %s", name, cell, want)
	}
}

func (l *line) whole() int {
	name, cell := l.next()
	n, err := strconv.Atoi(cell)
	if err != nil {
		l.refuse(name, cell, "a whole number")
	}
	return n
}

func (l *line) number() float64 {
	name, cell := l.next()
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || v-v != 0 {
		l.refuse(name, cell, "a number")
	}
	return v
}

// longest is what a run may last: thirty years.
const longest = 1e9 // seconds

// seconds reads a time, to the millisecond.
func (l *line) seconds() time.Duration {
	name, cell := l.next()
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || !(v >= 0 && v <= longest) {
		l.refuse(name, cell, "a time")
		return 0
	}
	return time.Duration(math.Round(v*1000)) * time.Millisecond
}

func (l *line) score(s *Score, regression bool) {
	for _, v := range s.cells(regression) {
		*v = l.number()
	}
}

// skip passes cells that must be empty.
func (l *line) skip(n int) {
	for range n {
		if name, cell := l.next(); cell != "" {
			l.refuse(name, cell, "empty as the cell before")
		}
	}
}
