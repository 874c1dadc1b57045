package gguf

import (
	"bytes"
	"fmt"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/fault"
)

// view shows the bytes from, ..., to-1 of a tensor.
func (e *entry) view(from, to int64, see func(data []byte) error) error {
	if !e.swap {
		return e.raw(from, to, see)
	}
	if !orderKnown(e.kind) {
		return inFile(e.source.Name(), brokenTensor(Unsupported, e.Name,
			"the file is big-endian, and nothing says in which order bytes stand in blocks of %v there: convert it on the computer that wrote it", e.kind))
	}
	block := int64(e.kind.BlockBytes())
	first := from / block * block
	var data []byte
	err := e.raw(first, (to+block-1)/block*block, func(seen []byte) error {
		data = bytes.Clone(seen)
		return nil
	})
	if err != nil {
		return err
	}
	swap(data, e.kind)
	return see(data[from-first : to-first])
}

// raw shows the bytes from, ..., to-1 of a tensor as the file has them.
func (e *entry) raw(from, to int64, see func(data []byte) error) error {
	return e.source.Show(e.offset+from, to-from, see, func(err error) error {
		return fault.IO[Kind](fmt.Sprintf("read tensor %.100q", e.Name), e.source.Name(), err)
	})
}

// decoded shows numbers: see [File.Decoded].
func (e *entry) decoded() (dtype.Stored, error) {
	if e.DType != 0 {
		return dtype.Stored{Info: e.info(), View: e.view}, nil
	}
	if !e.kind.CanDecode() {
		return dtype.Stored{}, inFile(e.source.Name(), brokenTensor(Unsupported, e.Name, "%v", &ggml.UnsupportedError{Type: e.kind, Verb: "read"}))
	}
	info := e.info()
	info.DType, info.Type = dtype.F32, dtype.F32.String()
	var err error
	if info.Bytes, err = dtype.ByteSize(info.DType, info.Shape); err != nil {
		return dtype.Stored{}, inFile(e.source.Name(), brokenTensor(Unsupported, e.Name, "as F32: %v", err))
	}
	return dtype.Stored{Info: info, View: e.viewDecoded}, nil
}

const f32Bytes = 4

// viewDecoded shows the bytes from, ..., to-1 of the numbers of a tensor with blocks, as F32.
func (e *entry) viewDecoded(from, to int64, see func(data []byte) error) error {
	block, size := int64(e.kind.BlockSize()), int64(e.kind.BlockBytes())
	first := from / f32Bytes / block
	last := (to + f32Bytes*block - 1) / f32Bytes / block
	values := make([]float32, (last-first)*block)
	err := e.view(first*size, last*size, func(data []byte) error { return ggml.Decode(values, e.kind, data) })
	if err != nil {
		return err
	}
	data := make([]byte, f32Bytes*len(values))
	if err := ggml.Encode(data, ggml.F32, values); err != nil {
		return err
	}
	skipped := first * block * f32Bytes
	return see(data[from-skipped : to-skipped])
}

// read makes a copy of a tensor's numbers.
func (e *entry) read() (dtype.Tensor, error) {
	s, err := e.decoded()
	if err != nil {
		return dtype.Tensor{}, err
	}
	data := make([]byte, s.Bytes)
	const piece = 4 << 20 // bytes, so that little is there twice
	for from := int64(0); from < s.Bytes; from += piece {
		err := s.View(from, min(from+piece, s.Bytes), func(seen []byte) error {
			copy(data[from:], seen)
			return nil
		})
		if err != nil {
			return dtype.Tensor{}, err
		}
	}
	return dtype.Tensor{Name: s.Name, DType: s.DType, Shape: s.Shape, Data: data}, nil
}
