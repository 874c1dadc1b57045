package safetensors

import (
	"cmp"
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
)

// AsIs, in place of a dtype, leaves every tensor in the dtype that it has.
const AsIs dtype.DType = 0

// Save writes a file to path, as a whole or not at all: until everything is on the disk, a file that path names stays as it is. F64, F32, F16 and BF16
// tensors are converted to dt, which is F32, F16, BF16 or [AsIs]; tensors of other dtypes stay. The order of tensors does not matter. Nothing is written
// when values are too large for dt (a [dtype.OverflowError] that names every tensor concerned, unless [AllowInf] or [Saturate] is given), when a tensor
// cannot be converted ([dtype.CastError]), when data does not fit its shape ([dtype.SizeError]), or when names are twice or cannot be written
// ([FormatError]). Other errors are those of the disk, and name the path.
func Save(path string, tensors []dtype.Tensor, dt dtype.DType, opts ...Option) error {
	p, err := newPlan(tensors, dt, opts)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// Write writes to w what [Save] writes to a file. It checks everything before it writes the first byte, and converts while it writes, so that it needs
// little memory.
func Write(w io.Writer, tensors []dtype.Tensor, dt dtype.DType, opts ...Option) error {
	p, err := newPlan(tensors, dt, opts)
	if err != nil {
		return err
	}
	return p.writeTo(w)
}

// plan is a file that has passed all checks.
type plan struct {
	header []byte
	items  []item // in the order of the file
	policy dtype.Overflow
}

// item is a tensor and the dtype that it will have.
type item struct {
	dtype.Tensor
	as dtype.DType
}

// newPlan checks the tensors and makes the header.
func newPlan(tensors []dtype.Tensor, dt dtype.DType, opts []Option) (*plan, error) {
	o := newOptions(opts)
	p := &plan{items: make([]item, len(tensors)), policy: o.policy}
	names := make(map[string]bool, len(tensors))
	for i, t := range tensors {
		if err := checkName(t.Name, names); err != nil {
			return nil, err
		}
		names[t.Name] = true
		p.items[i] = item{t, t.DType}
		if t.DType.Castable() && dt != AsIs {
			p.items[i].as = dt
		}
	}
	report, err := p.countOverflow()
	if err != nil {
		return nil, err
	}
	if o.report != nil {
		*o.report = report
	}
	if o.policy == dtype.Refuse && len(report) > 0 {
		return nil, &dtype.OverflowError{Report: report}
	}
	slices.SortFunc(p.items, func(a, b item) int { return cmp.Or(cmp.Compare(b.as, a.as), cmp.Compare(a.Name, b.Name)) })
	p.header, err = appendHeader(nil, p.items, o.metadata)
	return p, err
}

// checkName refuses a name that the format cannot hold, or that was there before.
func checkName(name string, names map[string]bool) error {
	switch {
	case name == metadataName:
		return broken(InvalidName, name, "the format keeps this name for metadata: rename the tensor")
	case !utf8.ValidString(name):
		return broken(InvalidName, name, "the name is not UTF-8: rename the tensor")
	case names[name]:
		return broken(DuplicateName, name, "two tensors have this name")
	}
	return nil
}

// countOverflow checks that every tensor can be written, and counts the values too large for their dtype.
func (p *plan) countOverflow() (dtype.OverflowReport, error) {
	var report dtype.OverflowReport
	for _, t := range p.items {
		n, err := t.CountOverflow(t.as)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			report = append(report, dtype.OverflowCount{Name: t.Name, From: t.DType, To: t.as, Overflow: n, Values: t.NumElements()})
		}
	}
	return report, nil
}

// writeTo writes the file. Under dtype.Refuse no value overflows, so there is no need to look again.
func (p *plan) writeTo(w io.Writer) error {
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p.header)))); err != nil {
		return err
	}
	if _, err := w.Write(p.header); err != nil {
		return err
	}
	policy := p.policy
	if policy == dtype.Refuse {
		policy = dtype.AllowInf
	}
	for _, t := range p.items {
		if err := t.WriteAs(w, t.as, policy); err != nil {
			return err
		}
	}
	return nil
}
