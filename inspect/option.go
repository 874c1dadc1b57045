package inspect

import (
	"encoding/json"

	initializer "github.com/heft-ml/heft/init"
)

// Option changes what [File] looks at.
type Option func(*options)

type options struct {
	stats  bool
	only   []string
	kinds  func(metadata map[string]string) map[string]initializer.Kind
	recipe func(metadata map[string]string) (json.RawMessage, error)
}

func newOptions(opts []Option) options {
	o := options{
		kinds:  func(map[string]string) map[string]initializer.Kind { return nil },
		recipe: func(map[string]string) (json.RawMessage, error) { return nil, nil },
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// WithStats reads the values of the tensors. Without it only the header of the file is read.
func WithStats() Option { return func(o *options) { o.stats = true } }

// Only reports on the tensors that [Choose] finds with these patterns.
func Only(patterns ...string) Option { return func(o *options) { o.only = patterns } }

// KindsFrom lets read find the kinds of tensors, by name, in the file's metadata. Tensors that it leaves out have their
// kind inferred.
func KindsFrom(read func(metadata map[string]string) map[string]initializer.Kind) Option {
	return func(o *options) { o.kinds = read }
}

// RecipeFrom lets read find in the file's metadata how the file was made. ok is false when the file does not tell; an
// error, when it cannot be understood, becomes part of the report. R is any type that encoding/json can write.
func RecipeFrom[R any](read func(metadata map[string]string) (r R, ok bool, err error)) Option {
	return func(o *options) {
		o.recipe = func(metadata map[string]string) (json.RawMessage, error) {
			r, ok, err := read(metadata)
			if !ok || err != nil {
				return nil, err
			}
			return json.Marshal(r)
		}
	}
}
