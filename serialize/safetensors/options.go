package safetensors

import (
	"maps"

	"github.com/heft-ml/heft/dtype"
)

// Option changes what [Save], [Write] and [Create] do.
type Option func(*options)

type options struct {
	metadata map[string]string // nil: no __metadata__ at all
	order    order
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

// KeepOrder keeps the order that f has its tensors and metadata keys in; what f does not have comes after them. Without it the order is the reference
// implementation's, which does not sort metadata: with it, its files can be written again byte for byte.
func KeepOrder(f *File) Option {
	return func(o *options) {
		o.order = order{f.index, make(map[string]int, len(f.entries)), f.keys}
		for i := range f.entries {
			o.order.header[f.entries[i].Name] = f.entries[i].place
		}
	}
}

// AllowInf lets values that are too large for the dtype of [Save] and [Write] become infinities, and NaN in F8_E4M3.
func AllowInf() Option { return func(o *options) { o.policy = dtype.AllowInf } }

// Saturate lets values that are too large for the dtype of [Save] and [Write] become its largest finite number.
func Saturate() Option { return func(o *options) { o.policy = dtype.Saturate } }

// CountOverflow sets *report to the tensors that have values too large for the dtype of [Save] and [Write], also when they are refused for that.
func CountOverflow(report *dtype.OverflowReport) Option {
	return func(o *options) { o.report = report }
}
