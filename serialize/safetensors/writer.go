package safetensors

import (
	"io"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// AsIs, in place of a dtype, leaves every tensor in the dtype that it has.
const AsIs dtype.DType = 0

// Save writes a file to path, as a whole or not at all: until everything is on the disk, a file that path names stays as it is. F64, F32, F16 and BF16
// tensors are converted to dt, a float that tensors can be converted to or [AsIs]; tensors of other dtypes stay. The order of tensors does not matter.
// Nothing is written when values are too large for dt (a [dtype.OverflowError] that names every tensor concerned, unless [AllowInf] or [Saturate] is
// given), when a tensor cannot be converted ([dtype.CastError]), when data does not fit its shape ([dtype.SizeError]), or when names are twice or cannot
// be written ([FormatError]). Other errors are those of the disk, and name the path.
func Save(path string, tensors []dtype.Tensor, dt dtype.DType, opts ...Option) error {
	p, err := planTensors(tensors, dt, opts)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// Write writes to w what [Save] writes to a file. It checks everything before it writes the first byte, and converts while it writes, so that it needs
// little memory.
func Write(w io.Writer, tensors []dtype.Tensor, dt dtype.DType, opts ...Option) error {
	p, err := planTensors(tensors, dt, opts)
	if err != nil {
		return err
	}
	return p.writeTo(w)
}

// planTensors checks the tensors, their values included.
func planTensors(tensors []dtype.Tensor, dt dtype.DType, opts []Option) (*plan, error) {
	o := newOptions(opts)
	policy := o.policy
	if policy == dtype.Refuse {
		policy = dtype.AllowInf // counted below, once
	}
	infos, byName, err := writing.Held(tensors)
	if err != nil {
		return nil, err
	}
	for i := range infos {
		if infos[i].DType.Arithmetic() && dt != AsIs {
			infos[i].DType = dt
		}
	}
	report, err := countOverflow(tensors, infos)
	if err != nil {
		return nil, err
	}
	if o.report != nil {
		*o.report = report
	}
	if o.policy == dtype.Refuse && len(report) > 0 {
		return nil, &dtype.OverflowError{Report: report}
	}
	return newPlan(infos, func(info dtype.Info, w io.Writer) error {
		return byName[info.Name].WriteAs(w, info.DType, policy)
	}, o)
}

// countOverflow checks that every tensor can be written as its info says, and counts the values too large for their dtype.
func countOverflow(tensors []dtype.Tensor, as []dtype.Info) (dtype.OverflowReport, error) {
	var report dtype.OverflowReport
	for i, t := range tensors {
		to := as[i].DType
		if t.DType != to && !isFloat(to) {
			return nil, &dtype.CastError{Name: t.Name, From: t.DType, To: to}
		}
		n, err := t.CountOverflow(to)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			report = append(report, dtype.OverflowCount{Name: t.Name, From: t.DType, To: to, Overflow: n, Values: t.NumElements()})
		}
	}
	return report, nil
}

// isFloat tells whether a whole model can be saved in the dtype: integers would need scales.
func isFloat(dt dtype.DType) bool { return dt.Castable() && dt.Limits() != dtype.Limits{} }
