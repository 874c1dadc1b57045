package inspect

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
)

// Report is what a weights file holds. Its JSON form has every key, always.
type Report struct {
	File       string            `json:"file"`       // its path
	Format     string            `json:"format"`     // a serialize.Format
	Bytes      int64             `json:"bytes"`      // of the whole file; of a model in many files, of all tensors
	Parameters int64             `json:"parameters"` // floats held, those of buffers included: see the function Parameters
	Tensors    []Tensor          `json:"tensors"`    // in the order of the file
	Kinds      []Total           `json:"kinds"`      // totals by kind, those that occur, in the order of initializer.Kinds
	DTypes     []Total           `json:"dtypes"`     // totals by dtype, those that occur, in the order of dtype.All; others after them
	Memory     Memory            `json:"memory"`     // what the values take in memory
	Tokenizer  *Tokenizer        `json:"tokenizer"`  // nil when none comes with the weights
	Metadata   map[string]string `json:"metadata"`   // as text; lists by their first elements
	Recipe     json.RawMessage   `json:"recipe"`     // how the file was made, by its own account; nil when it does not tell

	RecipeProblem string `json:"recipe_problem"` // why the recipe cannot be understood; empty when it can
}

// Tensor describes one tensor.
type Tensor struct {
	Name         string `json:"name"`
	Kind         string `json:"kind"`          // the name of an initializer.Kind
	KindInferred bool   `json:"kind_inferred"` // the file does not tell the kind: it follows from name and shape
	DType        string `json:"dtype"`         // as the file spells it
	Shape        []int  `json:"shape"`         // empty: a scalar
	Parameters   int64  `json:"parameters"`
	Bytes        int64  `json:"bytes"`
	Stats        *Stats `json:"stats"` // nil: not asked for, not defined for the dtype, or there are no values
}

// Total sums over the tensors that share a kind or a dtype.
type Total struct {
	Name       string `json:"name"`
	Tensors    int    `json:"tensors"`
	Parameters int64  `json:"parameters"`
	Bytes      int64  `json:"bytes"`
}

// File reads the weights file at path, or the weights of the folder at path: of it as a whole, or of the tensors that
// [Only] chooses. The error says in one line what is wrong with the file, or is that of ctx when it ends before the walk
// does.
func File(ctx context.Context, path string, opts ...Option) (*Report, error) {
	o := newOptions(opts)
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	infos, err := Choose(f.Tensors(), o.only)
	if err != nil {
		return nil, err
	}
	r := describe(f, infos, o)
	if r.Bytes, err = f.bytes(); err != nil {
		return nil, err
	}
	if o.stats {
		if err := r.measure(ctx, f, infos); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Parameters returns how many parameters a tensor holds: all its elements where they are floats or stand for floats, as
// those of blocks do; none where they are whole numbers or truths, as masks, positions and counts are, which no gradient moves.
func Parameters(info dtype.Info) int64 {
	if whole(info.DType) {
		return 0
	}
	return int64(info.NumElements())
}

// whole tells whether a format is one of whole numbers or truths.
func whole(d dtype.DType) bool {
	return d != 0 && d != dtype.C64 && d.Limits() == dtype.Limits{}
}

// describe tells what the header says.
func describe(f *Source, infos []dtype.Info, o options) *Report {
	metadata := f.Metadata()
	r := &Report{File: f.Path, Format: string(f.Format()), Tensors: []Tensor{}, Metadata: texts(metadata), Tokenizer: tokenizerOf(metadata, f.tokenizer)}
	told := o.kinds(r.Metadata)
	for _, info := range infos {
		kind, ok := told[info.Name]
		switch {
		case ok:
		case whole(info.DType):
			kind = initializer.Buffer
		default:
			kind = inferKind(info.Name, info.Shape)
		}
		t := Tensor{Name: info.Name, Kind: kind.String(), KindInferred: !ok, DType: info.Type, Shape: info.Shape, Bytes: info.Bytes}
		t.Parameters = Parameters(info)
		r.Parameters = plus(r.Parameters, t.Parameters)
		r.Tensors = append(r.Tensors, t)
	}
	var kinds, dtypes, unknown []string
	for _, k := range initializer.Kinds() {
		kinds = append(kinds, k.String())
	}
	for _, d := range dtype.All() {
		dtypes = append(dtypes, d.String())
	}
	for _, t := range r.Tensors {
		if !slices.Contains(dtypes, t.DType) {
			unknown = append(unknown, t.DType)
		}
	}
	slices.Sort(unknown)
	dtypes = append(dtypes, slices.Compact(unknown)...)
	r.Kinds = r.totals(kinds, func(t Tensor) string { return t.Kind })
	r.DTypes = r.totals(dtypes, func(t Tensor) string { return t.DType })
	r.Memory = MemoryOf(r.Parameters)
	var problem error
	if r.Recipe, problem = o.recipe(r.Metadata); problem != nil {
		r.RecipeProblem = problem.Error()
	}
	return r
}

// totals sums over the tensors of each name, in the order of names; names without tensors are left out.
func (r *Report) totals(names []string, of func(Tensor) string) []Total {
	sums := map[string]*Total{}
	for _, t := range r.Tensors {
		name := of(t)
		if sums[name] == nil {
			sums[name] = &Total{Name: name}
		}
		sums[name].add(t.alone())
	}
	totals := []Total{}
	for _, name := range names {
		if sum := sums[name]; sum != nil {
			totals = append(totals, *sum)
		}
	}
	return totals
}

// alone is the sum over the tensor.
func (t *Tensor) alone() Total { return Total{Tensors: 1, Parameters: t.Parameters, Bytes: t.Bytes} }

func (sum *Total) add(other Total) {
	sum.Tensors += other.Tensors
	sum.Parameters, sum.Bytes = plus(sum.Parameters, other.Parameters), plus(sum.Bytes, other.Bytes)
}

// measure reads the values, tensor by tensor, where their format is known.
func (r *Report) measure(ctx context.Context, f *Source, infos []dtype.Info) error {
	for i, info := range infos {
		if info.DType == 0 {
			if _, err := f.Decoded(info.Name); err != nil {
				continue // a format without numbers that Heft knows
			}
		}
		t, err := f.Read(info.Name)
		if err != nil {
			return err
		}
		if r.Tensors[i].Stats, err = newStats(ctx, t); err != nil {
			return err
		}
	}
	return nil
}
