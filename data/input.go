package data

import "slices"

// Kinds of an [Input].
const (
	TableInput = "table" // a sample is a row of a table with named columns
	ImageInput = "image" // a sample is an image
)

// Kinds of a [Column].
const (
	NumberColumn   = "number"
	CategoryColumn = "category"
)

// Input says how a sample from outside becomes a row of X, and what an output means. What it knows of the data's
// distribution comes from the training part alone. It is kept with the weights, as JSON; [ParseInput] reads it back.
type Input struct {
	Kind      string    `json:"kind"`                // TableInput or ImageInput
	Columns   []Column  `json:"columns,omitzero"`    // table: what makes a row of X, in this order
	Dropped   []string  `json:"dropped,omitzero"`    // table: columns that samples may have and that are not looked at
	Target    Column    `json:"target"`              // what is predicted: a class, or a number
	Width     int       `json:"width,omitempty"`     // image: pixels
	Height    int       `json:"height,omitempty"`    // image: pixels
	Channels  int       `json:"channels,omitempty"`  // image: 1, gray, or 3, red, green and blue
	PixelMean []float64 `json:"pixel_mean,omitzero"` // image: of each channel; a value from 0 to 1 becomes (value - mean) / std
	PixelStd  []float64 `json:"pixel_std,omitzero"`
}

// Column is how the cells of a column become numbers and back.
//
// A number becomes (number - Mean) / Std. A category becomes as many numbers as there are Values: 1 for the value that
// it is, 0 for the others. The target's category becomes a label, the place of the value in Values.
type Column struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`            // NumberColumn or CategoryColumn
	Mean   float64  `json:"mean,omitempty"`  // number: of the training part
	Std    float64  `json:"std,omitempty"`   // number: of the training part, divided by n, not n-1; 1 if all its numbers are equal
	Values []string `json:"values,omitzero"` // category: those of the training part, sorted; of the target: all classes
}

// width returns how many numbers of a row of X the column makes.
func (c *Column) width() int {
	if c.Kind == CategoryColumn {
		return len(c.Values)
	}
	return 1
}

// Features returns how many numbers one sample becomes, f.
func (in *Input) Features() int {
	if in.Kind == ImageInput {
		return in.Width * in.Height * in.Channels
	}
	f := 0
	for i := range in.Columns {
		f += in.Columns[i].width()
	}
	return f
}

// Outputs returns how many numbers a model puts out for a sample: one for each class, or one in regression.
func (in *Input) Outputs() int { return in.Target.width() }

// Regression tells whether a number is predicted, rather than a class.
func (in *Input) Regression() bool { return in.Target.Kind == NumberColumn }

// Classes returns the classes' names, by label; nil in regression.
func (in *Input) Classes() []string { return slices.Clone(in.Target.Values) }

// Unscale returns what an output means, in the unit of the target column. It is for regression, where models learn
// (target - mean) / std.
func (in *Input) Unscale(output float32) float64 {
	return float64(float64(output)*in.Target.Std) + in.Target.Mean
}
