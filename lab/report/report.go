package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// PageFile is the name of the page in the folder that Save fills.
const PageFile = "report.html"

// Report is what a study found, in words, pictures and tables.
type Report struct {
	Answer   []string // in a few lines: which starts learned, which did not, and why
	Sections []Section

	findings *lab.Findings
	verdicts []verdict
}

// Section is a figure with all that belongs to it.
type Section struct {
	Name   string // of its files
	Title  string // the sentence
	Detail string // how to read the figure
	Figure figure.Figure
	Table  Table // the numbers of the figure
	Data   Table // all of them, for the CSV file; if it is empty, Table's
}

// Table is rows of float64, int and string under their names.
type Table struct {
	Head []string
	Rows [][]any
}

// New tells of findings.
func New(f *lab.Findings) *Report {
	r := &Report{findings: f, verdicts: judge(f)}
	r.Answer = answer(f, r.verdicts)
	for _, section := range []func(*lab.Findings, []verdict) (Section, bool){
		signal, gradient, histograms, silent, learning, boundary, spectrum, symmetry,
	} {
		if s, ok := section(f, r.verdicts); ok {
			r.Sections = append(r.Sections, s)
		}
	}
	return r
}

// Save writes the page, and each figure as NAME.svg and NAME.csv, into a folder, which is made. Each file is whole or not
// there.
func (r *Report) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, s := range r.Sections {
		svg := figure.SVG(s.Figure, figure.Caption{Title: s.Title, Detail: r.detail(s), Shown: true}, figure.Wide)
		if err := write(dir, s.Name+".svg", func(w io.Writer) error { _, err := io.WriteString(w, svg); return err }); err != nil {
			return err
		}
		if err := write(dir, s.Name+".csv", s.data().writeCSV); err != nil {
			return err
		}
	}
	return write(dir, PageFile, r.WritePage)
}

func write(dir, name string, fill func(w io.Writer) error) error {
	return atomicfile.Write(filepath.Join(dir, name), fill)
}

// detail says how a figure was made.
func (r *Report) detail(s Section) string {
	return fmt.Sprintf("%s Seeds: %d. Made by: %s", s.Detail, r.findings.Seeds, r.findings.Command())
}

func (s Section) data() Table {
	if len(s.Data.Head) > 0 {
		return s.Data
	}
	return s.Table
}

// writeCSV writes numbers with all their digits.
func (t Table) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(t.Head); err != nil {
		return err
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case float64:
				cells[i] = strconv.FormatFloat(v, 'g', -1, 64)
			default:
				cells[i] = fmt.Sprint(v)
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
