package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// PageFile is the name of the page in the folder that Save fills.
const PageFile = "report.html"

// Report is what was found, in words, pictures and tables.
type Report struct {
	Title    string
	Answer   []string // in a few lines: of a study, which starts learned, which did not, and why
	Sections []Section
	Command  string         // that makes the report again
	Made     string         // what its figures are made from: "Seeds: 5"
	Settings [][2]string    // everything that decides the numbers, by name
	Summary  []table.Column // for a terminal
	Files    []File         // that belong to it beside page and figures
}

// File is a file of a report's folder.
type File struct {
	Name    string
	Content []byte
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

// New tells of a study's findings.
func New(f *lab.Findings) *Report {
	verdicts := judge(f)
	r := &Report{
		Title: fmt.Sprintf("%s of one network: %s, %s of %d %s units", many(len(f.Cases), "start"), f.Setup.Data,
			layersOf(f.Setup), f.Setup.Width, f.Setup.Activation),
		Answer: answer(f, verdicts), Command: f.Command(), Made: fmt.Sprintf("Seeds: %d.", f.Seeds),
		Settings: studySettings(f), Summary: studySummary(f, verdicts),
	}
	for _, section := range []func(*lab.Findings, []verdict) (Section, bool){
		signal, gradient, histograms, silent, learning, boundary, spectrum, symmetry,
	} {
		if s, ok := section(f, verdicts); ok {
			r.Sections = append(r.Sections, s)
		}
	}
	return r
}

// Save writes the page, each figure as NAME.svg and NAME.csv, and the report's own files into a folder, which is made. Each file is
// whole or not there. What another report left in the folder, which its page says, is removed.
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
	for _, f := range r.Files {
		if err := write(dir, f.Name, func(w io.Writer) error { _, err := w.Write(f.Content); return err }); err != nil {
			return err
		}
	}
	if err := r.clear(dir); err != nil {
		return err
	}
	return write(dir, PageFile, r.WritePage)
}

func write(dir, name string, fill func(w io.Writer) error) error {
	return atomicfile.Write(filepath.Join(dir, name), fill)
}

// detail says how a figure was made.
func (r *Report) detail(s Section) string {
	return fmt.Sprintf("%s %s Made by: %s", s.Detail, r.Made, r.Command)
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
