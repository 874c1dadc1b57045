package gguf

import (
	"io"

	"github.com/heft-ml/heft/dtype"
)

// Source is what has tensors by name, to be looked at a part at a time: a [File], and the files of all other formats.
type Source interface {
	// Stored returns a tensor as it is.
	Stored(name string) (dtype.Stored, error)
	// Decoded returns a tensor as numbers.
	Decoded(name string) (dtype.Stored, error)
}

// WriteTensor writes the tensor that from has under that name in the format that info asks for: info.DType, or blocks of info.Type where that is 0. One that
// has the format is written as it is. Others are made of its numbers a piece at a time: policy says what becomes of numbers too large for info.DType, and
// what blocks cannot hold is refused as [Save] does. What was written before an error, a [dtype.OverflowError] too, is to be thrown away.
func WriteTensor(w io.Writer, from Source, name string, info dtype.Info, policy dtype.Overflow) error {
	get := from.Decoded
	if info.DType == 0 {
		get = from.Stored
	}
	s, err := get(name)
	switch {
	case err != nil:
		return err
	case s.DType == info.DType && (info.DType != 0 || s.Type == info.Type):
		return s.WriteAs(w, s.DType, dtype.Refuse)
	case info.DType != 0:
		return s.WriteAs(w, info.DType, policy)
	}
	to, err := typeOfInfo(info)
	if err != nil {
		return err
	}
	if s, err = from.Decoded(name); err != nil {
		return err
	}
	return writeAs(w, s, to)
}

// Content writes the tensor info.Name to w in the format that info asks for, as [Create] does: see [WriteTensor]. Numbers too large for info.DType are a
// [dtype.OverflowError], before which a part may have been written.
func (f *File) Content(info dtype.Info, w io.Writer) error {
	return WriteTensor(w, f, info.Name, info, dtype.Refuse)
}
