package data

import (
	"fmt"
	"strings"
)

// Parts is a data set, divided.
type Parts struct {
	Train      *Set     // to learn from
	Validation *Set     // to watch the training with; nil when nothing is held out
	Test       *Set     // to test with in the end
	Input      *Input   // how a sample from outside becomes a row of X, and what an output means
	Notes      []string // what is odd about the data and yet no error, a line each
}

// fill makes each part of its rows, where there are any.
func (p *Parts) fill(train, validation, test []int, of func(name string, rows []int) (*Set, error)) (err error) {
	for _, part := range []struct {
		set  **Set
		name string
		rows []int
	}{{&p.Train, "train", train}, {&p.Validation, "validation", validation}, {&p.Test, "test", test}} {
		if len(part.rows) == 0 {
			continue
		}
		if *part.set, err = of(part.name, part.rows); err != nil {
			return err
		}
	}
	return nil
}

// LoadOption is an option of [Load]: a matter of the machine, not of the run, so it changes no number.
type LoadOption func(*loadOptions)

type loadOptions struct {
	dir  string
	near []string
}

// Dir names a folder of data files. A file whose relative path leads nowhere from the current folder is looked for
// there, so that a run can be made again on a machine that keeps its data elsewhere; so is a folder of images. The files
// of a set that is no part of Heft are looked for there alone: see [Locate].
func Dir(path string) LoadOption { return func(o *loadOptions) { o.dir = path } }

// Near names more folders in which a file, or a folder of images, is looked for by its relative path, after that of [Dir]:
// those around the run that was trained on it, say.
func Near(folders ...string) LoadOption {
	return func(o *loadOptions) { o.near = append(o.near, folders...) }
}

// Load returns the data set that s asks for, divided. Same settings and same files, same parts. Its errors are those of
// [Spec.Check]; for a table those of [ReadTable] and [LoadTable], for images those of [LoadImages], and for a set that
// must be downloaded those of [Locate] and [ReadIDX].
//
// The set is divided by the rule of [Set.Split]: generated points into Split(1-Test, Seed), then what is left to train
// with into Split(1-Validation, Seed). The test parts of the digits and of downloaded sets are fixed. [LoadTable] says how
// a table is divided, [LoadImages] how images are.
func Load(s Spec, opts ...LoadOption) (*Parts, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	var o loadOptions
	for _, opt := range opts {
		opt(&o)
	}
	if path, ok := strings.CutPrefix(s.Name, csvPrefix); ok {
		return loadCSV(s, path, o)
	}
	if dir, ok := strings.CutPrefix(s.Name, imagesPrefix); ok {
		found, err := o.find(dir)
		if err != nil {
			return nil, err
		}
		return LoadImages(s, found)
	}
	if IsText(s.Name) {
		return nil, fmt.Errorf("data set %q is a text, which has no samples of a class or a number", s.Name)
	}
	e, err := lookup(s.Name)
	if err != nil {
		return nil, err
	}
	return e.load(s, o)
}

// holdOut makes the parts of a set whose test part is already apart. train belongs to the caller.
func holdOut(s Spec, train, test *Set, in *Input) *Parts {
	p := &Parts{Train: train, Test: test, Input: in}
	if s.Validation > 0 {
		name := train.Name
		p.Train, p.Validation = train.Split(1-s.Validation, s.Seed)
		p.Train.Name = name
		p.Validation.Name = strings.TrimSuffix(name, "/train") + "/validation"
	}
	return p
}
