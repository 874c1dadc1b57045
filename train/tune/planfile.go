package tune

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/train"
)

// PlanFile is the name of the plan's file in the folder of a search.
const PlanFile = "tune.json"

// maxPlan bounds what is read: a hundred thousand settings.
const maxPlan = 64 << 20

// Load reads the plan of a search from its folder. No plan is trusted; errors name the file.
func Load(dir string, set Setter) (*Plan, error) {
	path := filepath.Join(dir, PlanFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no search: it has no %s", dir, PlanFile)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPlan+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxPlan {
		return nil, fmt.Errorf("%s: larger than %d bytes: not a plan of a search", path, maxPlan)
	}
	p, err := ParsePlan(text, set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// ParsePlan reads and checks a plan.
func ParsePlan(text []byte, set Setter) (*Plan, error) {
	p := &Plan{set: set}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("not a plan of a search: %w", err)
	}
	if d.More() {
		return nil, errors.New("not a plan of a search: text follows it")
	}
	if err := p.Space.check(); err != nil {
		return nil, err
	}
	settings := p.size() / p.Seeds
	if !slices.Equal(p.Names, p.Varied()) || len(p.Settings) != settings {
		return nil, fmt.Errorf("the plan has %d settings of %.100q, but its grid and ranges make %d of %.100q: it was changed", len(p.Settings), p.Names, settings, p.Varied())
	}
	for i, values := range p.Settings {
		if len(values) != len(p.Names) {
			return nil, fmt.Errorf("setting %d has %d values for %d names", i+1, len(values), len(p.Names))
		}
	}
	return p, p.spell()
}

func (p *Plan) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// adopt makes the plan that of a folder: it is written if the folder is new, and otherwise must be the one that stands
// there, which is returned. The caller holds the folder's lock.
func (p *Plan) adopt(dir string) (*Plan, error) {
	path := filepath.Join(dir, PlanFile)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := mustBeFree(dir); err != nil {
			return nil, err
		}
		if err := atomicfile.Write(path, p.write); err != nil {
			return nil, err
		}
	}
	stands, err := Load(dir, p.set)
	if err != nil {
		return nil, err
	}
	if what, is, was := p.difference(stands); what != "" {
		return nil, fmt.Errorf("%s holds another search: %s is %s there, but %s here: choose another --out, or go on with --resume %s", dir, what, was, is, dir)
	}
	return stands, nil
}

// mustBeFree returns an error when a folder has files of something else.
func mustBeFree(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			return fmt.Errorf("%s holds no search, but %.100q: choose another --out", dir, e.Name())
		}
	}
	return nil
}

// difference returns the first thing in which two plans differ; "" if none. What was drawn follows from the rest, but for
// the last digit on another kind of processor: there the plan that stands decides.
func (p *Plan) difference(other *Plan) (what, is, was string) {
	if names := train.Differing(p.Config, other.Config); len(names) > 0 {
		return names[0], fmt.Sprintf("%.200q", p.Config.Setting(names[0])), fmt.Sprintf("%.200q", other.Config.Setting(names[0]))
	}
	for _, x := range []struct {
		what    string
		is, was any
	}{
		{"the grid", p.Grid, other.Grid},
		{"the list of ranges", p.Ranges, other.Ranges},
		{"the number of random settings", p.Random, other.Random},
		{"the number of seeds", p.Seeds, other.Seeds},
		{"the rank", p.Rank, other.Rank},
	} {
		if is, was := fmt.Sprint(x.is), fmt.Sprint(x.was); is != was {
			return x.what, fmt.Sprintf("%.200s", is), fmt.Sprintf("%.200s", was)
		}
	}
	return "", "", ""
}
