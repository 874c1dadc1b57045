package gguf

import (
	"io"
	"math"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/fault"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// plan is a file that is about to be written, and has passed all checks.
type plan struct {
	header    []byte
	infos     []dtype.Info
	alignment int64
	content   writing.Content
}

// newPlan checks metadata and tensors, and makes the header.
func newPlan(m Metadata, infos []dtype.Info, content writing.Content) (*plan, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	alignment, err := m.alignment()
	if err != nil {
		return nil, err
	}
	sized, types, err := sizeAll(infos, alignment)
	if err != nil {
		return nil, err
	}
	header, err := appendHeader(nil, m, sized, types, alignment)
	return &plan{header, sized, alignment, content}, err
}

// sizeAll refuses tensors that the format cannot hold, and returns the others with their sizes and types.
func sizeAll(infos []dtype.Info, alignment int64) ([]dtype.Info, []ggml.Type, error) {
	types := make([]ggml.Type, 0, len(infos))
	total := int64(0)
	sized, err := writing.Check(infos, func(info *dtype.Info) error {
		if err := checkName(info.Name); err != nil {
			return err
		}
		t, err := typeOfInfo(*info)
		if err != nil {
			return err
		}
		types = append(types, t)
		info.DType, info.Type = t.DType(), t.String()
		if info.Bytes, err = byteSize(t, info.Shape); err != nil {
			return about("", info.Name, err)
		}
		end, ok := padded(info.Bytes, alignment)
		if !ok || end > math.MaxInt64/2-total {
			return brokenTensor(BadTensor, info.Name, "the tensors would be larger than any file")
		}
		total += end
		return nil
	}, func(name string) error { return brokenTensor(DuplicateName, name, "two tensors have this name") })
	return sized, types, err
}

// typeOfInfo returns the type that an info asks for: that of its DType, or the one that Type names when there is no DType.
func typeOfInfo(info dtype.Info) (ggml.Type, error) {
	if info.DType != 0 {
		t, ok := ggml.Of(info.DType)
		if !ok {
			return 0, brokenTensor(Unsupported, info.Name, "ggml has no type for %v: convert the tensor, or leave it out", info.DType)
		}
		return t, nil
	}
	t, err := ggml.ParseType(info.Type)
	if err != nil {
		return 0, brokenTensor(Unsupported, info.Name, "%v", err)
	}
	return t, nil
}

// writeTo writes the file.
func (p *plan) writeTo(w io.Writer) error {
	if _, err := w.Write(p.header); err != nil {
		return err
	}
	zeros := make([]byte, min(p.alignment, 4096))
	for _, info := range p.infos {
		err := writing.Exactly(w, info, p.content, func(written int64) error {
			return brokenTensor(BadTensor, info.Name, "%s of shape %v takes %s bytes, but %s were written",
				info.Type, info.Shape, fault.Grouped(uint64(info.Bytes)), fault.Grouped(uint64(written)))
		})
		if err != nil {
			return err
		}
		end, _ := padded(info.Bytes, p.alignment)
		for left := end - info.Bytes; left > 0; left -= int64(len(zeros)) {
			if _, err := w.Write(zeros[:min(left, int64(len(zeros)))]); err != nil {
				return err
			}
		}
	}
	return nil
}
