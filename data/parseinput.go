package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

// Largest sizes of an [Input].
const (
	maxInput    = 8 << 20 // bytes of JSON
	maxValues   = 1000    // categories of a column
	maxFeatures = 1 << 20
	maxSide     = 1 << 12 // pixels of an image's side
)

// ParseInput reads the JSON of an [Input]. As it comes from a file, nothing in it is trusted: the error says what is
// wrong with sizes, names or numbers.
func ParseInput(text []byte) (*Input, error) {
	if len(text) > maxInput {
		return nil, fmt.Errorf("input: %d bytes, but at most %d are allowed", len(text), maxInput)
	}
	in := new(Input)
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return nil, fmt.Errorf("input: not the JSON of an input: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("input: text follows the JSON")
	}
	if err := in.check(); err != nil {
		return nil, fmt.Errorf("input: %w", err)
	}
	return in, nil
}

// seal returns an error if in is larger than what ParseInput reads.
func (in *Input) seal() error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if len(text) > maxInput {
		return fmt.Errorf("the names of columns and categories take %d bytes as JSON, but at most %d are allowed: drop columns", len(text), maxInput)
	}
	return in.check()
}

func (in *Input) check() error {
	if err := in.Target.check(); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	switch in.Kind {
	case TableInput:
		return in.checkTable()
	case ImageInput:
		return in.checkImage()
	}
	return fmt.Errorf("kind is %s, but must be %q or %q", quote(in.Kind), TableInput, ImageInput)
}

func (in *Input) checkTable() error {
	switch {
	case in.Width != 0 || in.Height != 0 || in.Channels != 0 || in.PixelMean != nil || in.PixelStd != nil:
		return fmt.Errorf("a table has no size in pixels")
	case len(in.Columns) == 0:
		return fmt.Errorf("a table has no columns")
	case len(in.Columns)+len(in.Dropped) > maxColumns:
		return fmt.Errorf("%d columns, but at most %d are allowed", len(in.Columns)+len(in.Dropped), maxColumns)
	}
	seen := map[string]bool{in.Target.Name: true}
	once := func(name string) error {
		if seen[name] {
			return fmt.Errorf("column %s is there twice", quote(name))
		}
		seen[name] = true
		return nil
	}
	for i := range in.Columns {
		c := &in.Columns[i]
		if err := c.check(); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		if err := once(c.Name); err != nil {
			return err
		}
	}
	for _, name := range in.Dropped {
		if err := checkName(name); err != nil {
			return fmt.Errorf("dropped column: %w", err)
		}
		if err := once(name); err != nil {
			return err
		}
	}
	if f := in.Features(); f > maxFeatures {
		return fmt.Errorf("a sample has %d numbers, but at most %d are allowed: drop columns", f, maxFeatures)
	}
	return nil
}

func (in *Input) checkImage() error {
	switch {
	case in.Columns != nil || in.Dropped != nil:
		return fmt.Errorf("an image has no columns")
	case in.Width < 1 || in.Width > maxSide || in.Height < 1 || in.Height > maxSide:
		return fmt.Errorf("an image is %d by %d pixels, but must be 1 to %d by 1 to %d", in.Width, in.Height, maxSide, maxSide)
	case in.Channels != 1 && in.Channels != 3:
		return fmt.Errorf("an image has %d channels, but must have 1 or 3", in.Channels)
	case in.Features() > maxFeatures:
		return fmt.Errorf("an image has %d numbers, but at most %d are allowed", in.Features(), maxFeatures)
	case len(in.PixelMean) != in.Channels || len(in.PixelStd) != in.Channels:
		return fmt.Errorf("%d means and %d stds of pixels for %d channels", len(in.PixelMean), len(in.PixelStd), in.Channels)
	}
	for i := range in.Channels {
		if err := checkScale(in.PixelMean[i], in.PixelStd[i]); err != nil {
			return fmt.Errorf("channel %d: %w", i+1, err)
		}
	}
	return nil
}

func (c *Column) check() error {
	if err := checkName(c.Name); err != nil {
		return err
	}
	switch c.Kind {
	case NumberColumn:
		if c.Values != nil {
			return fmt.Errorf("%s is of numbers and lists categories", quote(c.Name))
		}
		return checkScale(c.Mean, c.Std)
	case CategoryColumn:
		if c.Mean != 0 || c.Std != 0 {
			return fmt.Errorf("%s is of categories and has a mean or a std", quote(c.Name))
		}
		return c.checkValues()
	}
	return fmt.Errorf("%s is of kind %s, but must be %q or %q", quote(c.Name), quote(c.Kind), NumberColumn, CategoryColumn)
}

func (c *Column) checkValues() error {
	if n := len(c.Values); n < 1 || n > maxValues {
		return fmt.Errorf("%s has %d categories, but must have 1 to %d", quote(c.Name), n, maxValues)
	}
	sorted := slices.Sorted(slices.Values(c.Values))
	for i, v := range sorted {
		if err := checkName(v); err != nil {
			return fmt.Errorf("%s, a category: %w", quote(c.Name), err)
		}
		if i > 0 && v == sorted[i-1] {
			return fmt.Errorf("%s has category %s twice", quote(c.Name), quote(v))
		}
	}
	return nil
}

func checkName(name string) error {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("the name %s has %d bytes of text, but must have 1 to %d", quote(name), len(name), maxName)
	}
	return nil
}

// checkScale refuses scales that learning never finds: numbers of a table are within float32.
func checkScale(mean, std float64) error {
	if !(math.Abs(mean) <= maxNumber) || !(std > 0 && std <= 2*maxNumber) {
		return fmt.Errorf("mean %v and std %v: must be finite, and std above 0", mean, std)
	}
	return nil
}
