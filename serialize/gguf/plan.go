package gguf

import (
	"io"
	"math"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// plan is a file that is about to be written, and has passed all checks.
type plan struct {
	header    []byte
	infos     []dtype.Info
	alignment int64
	content   func(info dtype.Info, w io.Writer) error
}

// newPlan checks metadata and tensors, and makes the header.
func newPlan(m Metadata, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error) (*plan, error) {
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
	sized := slices.Clone(infos)
	types := make([]ggml.Type, len(infos))
	names := make(map[string]bool, len(infos))
	total := int64(0)
	for i := range sized {
		info := &sized[i]
		if err := checkName(info.Name); err != nil {
			return nil, nil, err
		}
		if names[info.Name] {
			return nil, nil, brokenTensor(DuplicateName, info.Name, "two tensors have this name")
		}
		names[info.Name] = true
		t, err := typeOfInfo(*info)
		if err != nil {
			return nil, nil, err
		}
		types[i] = t
		info.DType, info.Type = t.DType(), t.String()
		if info.Bytes, err = byteSize(t, info.Shape); err != nil {
			return nil, nil, about("", info.Name, err)
		}
		end, ok := padded(info.Bytes, alignment)
		if !ok || end > math.MaxInt64/2-total {
			return nil, nil, brokenTensor(BadTensor, info.Name, "the tensors would be larger than any file")
		}
		total += end
	}
	return sized, types, nil
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
		c := &counter{w: w}
		if err := p.content(info, c); err != nil {
			return err
		}
		if c.n != info.Bytes {
			return brokenTensor(BadTensor, info.Name, "%s of shape %v takes %s bytes, but %s were written",
				info.Type, info.Shape, grouped(uint64(info.Bytes)), grouped(uint64(c.n)))
		}
		end, _ := padded(c.n, p.alignment)
		for left := end - c.n; left > 0; left -= int64(len(zeros)) {
			if _, err := w.Write(zeros[:min(left, int64(len(zeros)))]); err != nil {
				return err
			}
		}
	}
	return nil
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
