package safetensors

import (
	"io"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
)

// Create writes a file to path without holding it in memory, as a whole or not at all. It asks content for the bytes of one tensor after the other, in
// the order of the file: content writes info.Bytes bytes of the tensor info.Name to w. Of the infos, Name, DType and Shape count; of a tensor whose
// DType is 0, Type and Bytes, too. To copy a file, whatever is in it:
//
//	err := safetensors.Create(path, f.Tensors(), f.Content, safetensors.KeepOrder(f), safetensors.ExactMetadata(f.Metadata()))
//
// Nothing is written when names are twice or cannot be written ([FormatError]) or a shape has no size ([dtype.SizeError]). A path may be that of a file
// that content reads: it is replaced when all is read, but for Windows, which refuses to replace a file that is open. Other errors are content's and the disk's.
func Create(path string, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error, opts ...Option) error {
	p, err := newPlan(infos, content, newOptions(opts))
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// Content writes the tensor info.Name to w in the format info.DType, in little memory, as [Create] asks for it. Values too large for the format are a
// [dtype.OverflowError], before which a part may have been written; use [File.Stored] for another policy.
func (f *File) Content(info dtype.Info, w io.Writer) error {
	t, err := f.Stored(info.Name)
	if err != nil {
		return err
	}
	return t.WriteAs(w, info.DType, dtype.Refuse)
}
