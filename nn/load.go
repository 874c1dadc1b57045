package nn

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/heft-ml/heft/dtype"
)

// LoadReport says what Load made of every name. Names of the file stand as the file has them, after renaming.
type LoadReport struct {
	Loaded     []string   // parameters that got their values, or would have without the error
	Missing    []string   // parameters that the file lacks
	Unexpected []string   // tensors that no parameter is named like
	Skipped    []string   // tensors that an option, or PyTorch's habits, left out
	Mismatched []Mismatch // tensors of another shape than their parameter's
}

// Mismatch is a tensor whose shape is not its parameter's.
type Mismatch struct {
	Name       string
	File, Want []int
}

// LoadError says that a file does not fit the store. The store is as it was.
type LoadError struct{ Report LoadReport }

const namesInError = 3

// Error counts what does not fit, with the first names of each kind.
func (e *LoadError) Error() string {
	var parts []string
	for i, m := range e.Report.Mismatched {
		if i == namesInError {
			parts = append(parts, fmt.Sprintf("%d more shapes differ", len(e.Report.Mismatched)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("%.100q is %s, but the model has %v", m.Name, brief(m.File), m.Want))
	}
	list := func(what string, names []string) {
		if n := len(names); n > 0 {
			more := ""
			if n > namesInError {
				more = fmt.Sprintf(" and %d more", n-namesInError)
			}
			parts = append(parts, fmt.Sprintf("%d %s (%.100q%s)", n, what, names[:min(n, namesInError)], more))
		}
	}
	list("parameters are missing", e.Report.Missing)
	list("tensors are not in the model", e.Report.Unexpected)
	return "the weights do not fit the model: " + strings.Join(parts, "; ")
}

// brief writes a shape that a file claims, which may have any number of axes.
func brief(shape []int) string {
	const most = 8
	if len(shape) <= most {
		return fmt.Sprint(shape)
	}
	return fmt.Sprintf("%v and %d axes more", shape[:most], len(shape)-most)
}

// LoadOption changes how names of a file meet names of the store.
type LoadOption func(*loader)

// Rename replaces what the pattern matches in the file's names, as [regexp.Regexp.ReplaceAllString] does. Several
// renames apply in order.
func Rename(pattern *regexp.Regexp, replacement string) LoadOption {
	return func(l *loader) {
		l.renames = append(l.renames, func(name string) string { return pattern.ReplaceAllString(name, replacement) })
	}
}

// Skip leaves out tensors whose (renamed) names match the pattern.
func Skip(pattern *regexp.Regexp) LoadOption {
	return func(l *loader) { l.skips = append(l.skips, pattern) }
}

// Partial accepts missing parameters, which keep their values, and unexpected tensors. Shapes must still fit.
func Partial() LoadOption { return func(l *loader) { l.partial = true } }

// num_batches_tracked is an integer that PyTorch keeps beside batch norm's statistics and that nothing here needs.
var torchCounters = regexp.MustCompile(`(^|\.)num_batches_tracked$`)

type loader struct {
	store   *Store
	renames []func(string) string
	skips   []*regexp.Regexp
	partial bool
	report  LoadReport
	values  map[*Param][]float32
}

// Load sets the parameters to the tensors of a weight file, matched by name; F64, F32, F16 and BF16 are understood.
// Unless [Partial] is given, every parameter must be there and every tensor be wanted. The store changes only if all
// goes well; the report says what became of every name that was read in any case. Errors are a [*LoadError], the file's
// own, or about two tensors for one parameter.
func (s *Store) Load(tensors iter.Seq2[dtype.Tensor, error], opts ...LoadOption) (LoadReport, error) {
	l := &loader{store: s, skips: []*regexp.Regexp{torchCounters}, values: map[*Param][]float32{}}
	for _, o := range opts {
		o(l)
	}
	for t, err := range tensors {
		if err != nil {
			return l.report, err
		}
		if err := l.take(t); err != nil {
			return l.report, err
		}
	}
	for _, p := range s.params {
		if l.values[p] == nil && !slices.ContainsFunc(l.report.Mismatched, func(m Mismatch) bool { return m.Name == p.Name }) {
			l.report.Missing = append(l.report.Missing, p.Name)
		}
	}
	r := l.report
	if len(r.Mismatched) > 0 || !l.partial && len(r.Missing)+len(r.Unexpected) > 0 {
		return r, &LoadError{r}
	}
	for p, v := range l.values {
		copy(p.Data, v)
	}
	s.revision++
	return r, nil
}

// take decodes one tensor for the parameter it is named like.
func (l *loader) take(t dtype.Tensor) error {
	name := t.Name
	for _, rename := range l.renames {
		name = rename(name)
	}
	for _, skip := range l.skips {
		if skip.MatchString(name) {
			l.report.Skipped = append(l.report.Skipped, name)
			return nil
		}
	}
	p := l.store.byName[name]
	switch {
	case p == nil:
		l.report.Unexpected = append(l.report.Unexpected, name)
	case l.values[p] != nil:
		return fmt.Errorf("two tensors of the file are for parameter %q (the second is %.100q): rename or skip one", name, t.Name)
	case !slices.Equal(p.Shape, t.Shape):
		l.report.Mismatched = append(l.report.Mismatched, Mismatch{name, slices.Clone(t.Shape), p.Shape})
	case !t.DType.Arithmetic(): // codes, whose values are not the weights
		return &dtype.CastError{Name: t.Name, From: t.DType, To: dtype.F32}
	default:
		values, err := t.Float32s(make([]float32, 0, len(p.Data)))
		if err != nil {
			return err
		}
		l.values[p] = values
		l.report.Loaded = append(l.report.Loaded, name)
	}
	return nil
}
