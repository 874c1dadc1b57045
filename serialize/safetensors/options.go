package safetensors

import (
	"maps"

	"github.com/heft-ml/heft/dtype"
)

// Option changes what [Save] and [Write] do.
type Option func(*options)

type options struct {
	metadata map[string]string // nil: no __metadata__ at all
	policy   dtype.Overflow
	report   *dtype.OverflowReport
}

// formatKey and formatValue are what the transformers library wants in every file that it loads.
const (
	formatKey   = "format"
	formatValue = "pt"
)

func newOptions(opts []Option) options {
	o := options{metadata: map[string]string{formatKey: formatValue}}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Metadata stores text by key in the file. "format": "pt", which other libraries ask for, is added unless m has a format; without this option it is the
// only metadata.
func Metadata(m map[string]string) Option {
	return func(o *options) {
		o.metadata = map[string]string{formatKey: formatValue}
		maps.Copy(o.metadata, m)
	}
}

// ExactMetadata stores m and adds nothing, so that a file can be written again byte for byte. A nil m writes no metadata.
func ExactMetadata(m map[string]string) Option {
	return func(o *options) { o.metadata = maps.Clone(m) }
}

// AllowInf lets values that are too large for the dtype become infinities.
func AllowInf() Option { return func(o *options) { o.policy = dtype.AllowInf } }

// Saturate lets values that are too large for the dtype become its largest finite number.
func Saturate() Option { return func(o *options) { o.policy = dtype.Saturate } }

// CountOverflow sets *report to the tensors that have values too large for the dtype, also when the save is refused for them.
func CountOverflow(report *dtype.OverflowReport) Option {
	return func(o *options) { o.report = report }
}
