package gguf

import (
	"io"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// Create writes a file to path without holding it in memory, as a whole or not at all. Metadata and tensors keep their order. It asks content for the
// bytes of one tensor after the other: content writes info.Bytes bytes of the tensor info.Name to w, in the format info.Type. Of the infos, Name and
// Shape count, and DType; Type where DType is 0, as "Q4_K". To copy a file, whatever is in it, byte for byte when ggml or gguf-py wrote it:
//
//	err := gguf.Create(path, f.Metadata(), f.Tensors(), f.Content)
//
// Nothing is written when names or metadata are such that ggml would refuse the file, or a shape does not fit its type ([FormatError]). A path may be that
// of a file that content reads: it is replaced when all is read, but for Windows, which refuses to replace a file that is open. Other errors are content's
// and the disk's.
func Create(path string, m Metadata, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error) error {
	p, err := newPlan(m, infos, content)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// Save writes a file to path, as a whole or not at all: until everything is on the disk, a file that path names stays as it is. The tensors keep their
// order; as says which type each becomes, as [Pure] does. The metadata is written as it is; only the version of the quantization is added, which the
// specification wants when there are blocks, unless it is there.
//
// Nothing is written when values are too large for their type ([dtype.OverflowError], or a [FormatError] of kind [NotFinite] for NaN and infinities in
// blocks), when a type is not written or does not fit a shape, when data does not fit its shape ([dtype.SizeError]), or when names or metadata cannot be
// written ([FormatError]). Other errors are those of the disk, and name the path.
func Save(path string, m Metadata, tensors []dtype.Tensor, as func(info dtype.Info) ggml.Type) error {
	p, err := planTensors(m, tensors, as)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// Write writes to w what [Save] writes to a file. It converts while it writes: when values are refused, a part has been written.
func Write(w io.Writer, m Metadata, tensors []dtype.Tensor, as func(info dtype.Info) ggml.Type) error {
	p, err := planTensors(m, tensors, as)
	if err != nil {
		return err
	}
	return p.writeTo(w)
}

// quantizationVersion is GGML_QNT_VERSION of ggml.h.
const quantizationVersion uint32 = 2

// planTensors checks the tensors, but their values.
func planTensors(m Metadata, tensors []dtype.Tensor, as func(info dtype.Info) ggml.Type) (*plan, error) {
	infos, byName, err := writing.Held(tensors)
	if err != nil {
		return nil, err
	}
	blocks := false
	for i := range infos {
		info := &infos[i]
		to := as(*info)
		if to.DType() == 0 && !to.CanEncode() {
			return nil, brokenTensor(Unsupported, info.Name, "%v", &ggml.UnsupportedError{Type: to, Verb: "written"})
		}
		info.DType, info.Type = to.DType(), to.String()
		blocks = blocks || to.DType() == 0
	}
	if _, there := m.Value(KeyQuantizationVersion); blocks && !there {
		m = m.With(KeyQuantizationVersion, Of(quantizationVersion))
	}
	return newPlan(m, infos, func(info dtype.Info, w io.Writer) error {
		to, err := typeOfInfo(info)
		if err != nil {
			return err
		}
		return writeAs(w, byName[info.Name].Stored(), to)
	})
}
