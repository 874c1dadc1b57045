package data

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/tokenizer"
)

// Spec names a data set and says how to divide it: everything that decides which numbers a training sees.
// It is part of a run's configuration; the JSON keys are those of its file.
type Spec struct {
	Name       string   `json:"data"`                  // one of [Names], csv:PATH, images:DIR, or text or text:PATH
	Target     string   `json:"target,omitempty"`      // csv: the column to predict
	Task       string   `json:"task,omitempty"`        // csv: [Classification], [Regression], or "" to follow the target column
	Categories []string `json:"categories,omitzero"`   // csv: columns whose cells are names, even if they look like numbers
	Drop       []string `json:"drop_columns,omitzero"` // csv: columns that are left out
	Tokenizer  string   `json:"tokenizer,omitempty"`   // text: see tokenizer.Train
	Channels   int      `json:"channels,omitempty"`    // images: 1, gray, 3, red, green and blue, or 0 to follow the images: gray if all are
	ImageSize  string   `json:"image_size,omitempty"`  // images: what all are brought to, as in 28x28; "" if all have one size
	Test       float64  `json:"test"`                  // share that is kept to test with in the end; a set with a test part of its own ignores it
	Validation float64  `json:"validation"`            // share of the rest that is held out to watch the training; 0 holds nothing out
	Seed       uint64   `json:"data_seed"`             // of generated points and of the division
}

// The tasks that a table can be put to.
const (
	Classification = "classification" // the target is one of some classes
	Regression     = "regression"     // the target is a number
)

// DefaultTest is the share that [Open] keeps to test with, and a good value for [Spec].Test.
const DefaultTest = 0.2

// Bounds of the shares of a [Spec]: beyond them a part would be a rounding error.
const (
	minShare = 0.001
	maxShare = 0.9
)

const csvPrefix = "csv:"

// Check returns an error that names the first setting that cannot be used, its value and what it may be.
// It opens no file.
func (s Spec) Check() error {
	path, table := strings.CutPrefix(s.Name, csvPrefix)
	dir, images := strings.CutPrefix(s.Name, imagesPrefix)
	text := IsText(s.Name)
	fixedTest := false
	if !table && !images && !text {
		e, err := lookup(s.Name)
		if err != nil {
			return err
		}
		fixedTest = e.fixedTest
	}
	if err := s.checkForeign(); err != nil {
		return err
	}
	switch {
	case table:
		return s.checkCSV(path)
	case images:
		return s.checkImages(dir)
	case text:
		return s.checkText()
	case fixedTest:
		return s.checkValidation()
	}
	return s.checkShares()
}

// checkForeign refuses settings of another kind of data.
func (s Spec) checkForeign() error {
	for _, setting := range []struct {
		name   string
		given  bool
		prefix string
		of     string
	}{
		{"target", s.Target != "", csvPrefix, "csv:PATH"},
		{"task", s.Task != "", csvPrefix, "csv:PATH"},
		{"categories", len(s.Categories) > 0, csvPrefix, "csv:PATH"},
		{"drop_columns", len(s.Drop) > 0, csvPrefix, "csv:PATH"},
		{"tokenizer", s.Tokenizer != "", textName, "text or text:PATH"},
		{"channels", s.Channels != 0, imagesPrefix, "images:DIR"},
		{"image_size", s.ImageSize != "", imagesPrefix, "images:DIR"},
	} {
		if setting.given && !strings.HasPrefix(s.Name, setting.prefix) {
			return fmt.Errorf("%s is a setting of %s: data set %q takes none", setting.name, setting.of, s.Name)
		}
	}
	return nil
}

// checkText checks the settings of a text.
func (s Spec) checkText() error {
	switch {
	case s.Name == textPrefix:
		return fmt.Errorf("data set %q names no file: write text:PATH, as in text:novel.txt, or text alone", s.Name)
	case s.Validation == 0:
		return fmt.Errorf("validation is 0, but a text is scored on a part that is held out: use 0.1, say")
	}
	if err := tokenizer.Check(s.Tokenizer); err != nil {
		return err
	}
	return s.checkValidation()
}

// checkCSV checks the settings of a table in a file.
func (s Spec) checkCSV(path string) error {
	if path == "" {
		return fmt.Errorf("data set %q names no file: write csv:PATH, as in csv:iris.csv", s.Name)
	}
	return s.checkTable()
}

// checkTable checks what the division of a table needs.
func (s Spec) checkTable() error {
	if s.Target == "" {
		return fmt.Errorf("no target: name the column that is to be predicted")
	}
	if s.Task != "" && s.Task != Classification && s.Task != Regression {
		return fmt.Errorf("no task is called %q: use %s or %s", s.Task, Classification, Regression)
	}
	return s.checkShares()
}

func (s Spec) checkShares() error {
	if !(s.Test >= minShare && s.Test <= maxShare) {
		return fmt.Errorf("test is %v, but must be from %v to %v", s.Test, minShare, maxShare)
	}
	return s.checkValidation()
}

func (s Spec) checkValidation() error {
	if s.Validation != 0 && !(s.Validation >= minShare && s.Validation <= maxShare) {
		return fmt.Errorf("validation is %v, but must be 0 or from %v to %v", s.Validation, minShare, maxShare)
	}
	return nil
}
