package sweep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/lab"
)

// PlanFile is the name of the grid's file in the folder of a sweep.
const PlanFile = "sweep.json"

// runsFolder holds the files of the runs that are done.
const runsFolder = "runs"

// Bounds of what is read.
const (
	maxPlan = 16 << 20
	maxRun  = 1 << 16
)

// planFile is the content of PlanFile.
type planFile struct {
	Grid
	Data lab.Hashes `json:"data_hashes"`
}

// Load reads the plan of a sweep from its folder. Errors name the file.
func Load(dir string) (*Plan, error) {
	var f planFile
	path := filepath.Join(dir, PlanFile)
	err := read(path, maxPlan, &f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no sweep: it has no %s", dir, PlanFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; take the same file from the folder of another shard, or begin anew in another folder", err)
	}
	p, err := NewPlan(f.Grid)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if f.Data == (lab.Hashes{}) {
		return nil, fmt.Errorf("%s was begun by an older Heft, which did not write down a hash of the data: do the sweep again in another folder", path)
	}
	p.data = f.Data
	return p, nil
}

// open opens the data of the plan. Those of a plan that a folder had must be what they were.
func (p *Plan) open() (train, test *data.Set, err error) {
	if p.data != (lab.Hashes{}) {
		return lab.Reopen(p.Base.Data, p.data)
	}
	return lab.Open(p.Base.Data)
}

// adopt makes the plan that of a folder, which is made: it is written if the folder is new, and otherwise must be the one that
// stands there, on the same data.
func (p *Plan) adopt(dir string, on lab.Hashes) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir) // before looking for the plan, which another shard may write meanwhile
	if err != nil {
		return err
	}
	path := filepath.Join(dir, PlanFile)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") {
				return fmt.Errorf("%s holds no sweep, but %.100q: choose another --out", dir, e.Name())
			}
		}
		if err := write(path, planFile{p.Grid, on}); err != nil {
			return err
		}
	}
	stands, err := Load(dir)
	if err != nil {
		return err
	}
	if what := p.difference(stands); what != "" {
		return fmt.Errorf("%s holds another sweep, whose %s: choose another --out, or go on with --resume %s", dir, what, shell.Word(dir))
	}
	if stands.data != on {
		return fmt.Errorf("%s has changed since the sweep in %s began: choose another --out, or go on with the data as they were", p.Base.Data, dir)
	}
	return os.MkdirAll(filepath.Join(dir, runsFolder), 0o777)
}

// difference says what another plan has otherwise; "" if nothing.
func (p *Plan) difference(other *Plan) string {
	mine, theirs := reflect.ValueOf(p.Grid), reflect.ValueOf(other.Grid)
	for i := range mine.NumField() {
		if a, b := mine.Field(i).Interface(), theirs.Field(i).Interface(); !reflect.DeepEqual(a, b) {
			return fmt.Sprintf("%s is %.200s and not %.200s", strings.ToLower(mine.Type().Field(i).Name), fmt.Sprintf("%+v", b), fmt.Sprintf("%+v", a))
		}
	}
	return ""
}

// runFile is the content of a run's file.
type runFile struct {
	Setup    lab.Setup `json:"setup"`
	Loss     float64   `json:"loss"` // 0 if it is not finite
	Accuracy float64   `json:"accuracy"`
	Learns   int       `json:"learns"`
	Exploded int       `json:"exploded"`
	Reason   string    `json:"reason,omitempty"`
}

func runPath(dir string, k int) string {
	return filepath.Join(dir, runsFolder, fmt.Sprintf("%06d.json", k+1))
}

func (r Run) write(dir string, k int) error {
	f := runFile(r)
	if r.Exploded >= 0 || r.Reason != "" {
		f.Loss = 0
	}
	return write(runPath(dir, k), f)
}

// look reads what came of a run, or false if it is not done: then it has no file, or one that is empty or cut, as a disk leaves
// it that was full or lost its power. Whatever else stands there must be of this run.
func (p *Plan) look(dir string, k int) (Run, bool, error) {
	path := runPath(dir, k)
	var f runFile
	err := read(path, maxRun, &f)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Run{}, false, nil
	}
	if err != nil {
		return Run{}, false, fmt.Errorf("%w: remove it to train the run again", err)
	}
	last := p.runs[k].Steps
	if f.Setup != p.runs[k] || f.Accuracy < 0 || f.Accuracy > 1 || f.Learns < -1 || f.Learns > last || f.Exploded < -1 || f.Exploded > last {
		return Run{}, false, fmt.Errorf("%s is not of run %d of the plan: remove it to train the run again", path, k+1)
	}
	r := Run(f)
	if r.Exploded >= 0 || r.Reason != "" {
		r.Loss = math.NaN()
	}
	return r, true, nil
}

func write(path string, v any) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}

// read reads a file of JSON of at most so many bytes.
func read(path string, most int64, v any) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return err
	}
	if err := parse(text, most, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func parse(text []byte, most int64, v any) error {
	if int64(len(text)) > most {
		return fmt.Errorf("larger than %d bytes: not a file of a sweep", most)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("not a file of a sweep: %w", err)
	}
	if d.More() {
		return errors.New("not a file of a sweep: text follows it")
	}
	return nil
}
