package gguf

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// version is the one that is written, which differs from 2 in nothing but the number.
const version = 3

// appendHeader appends the header of a file with this metadata and these tensors, which have been checked, and the padding before the data.
func appendHeader(b []byte, m Metadata, infos []dtype.Info, types []ggml.Type, alignment int64) ([]byte, error) {
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(infos)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(m)))
	for _, kv := range m {
		b = appendText(b, kv.Key)
		b = binary.LittleEndian.AppendUint32(b, uint32(kv.Value.t))
		var err error
		if b, err = appendValue(b, kv.Value); err != nil {
			return nil, err
		}
	}
	offset := int64(0)
	for i, info := range infos {
		b = appendText(b, info.Name)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(info.Shape)))
		for _, n := range slices.Backward(info.Shape) {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(types[i]))
		b = binary.LittleEndian.AppendUint64(b, uint64(offset))
		offset, _ = padded(offset+info.Bytes, alignment)
	}
	end, _ := padded(int64(len(b)), alignment)
	return append(b, make([]byte, end-int64(len(b)))...), nil
}

func appendText(b []byte, text string) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(text)))
	return append(b, text...)
}

// appendValue appends a value without its type; of an array with the type of its elements.
func appendValue(b []byte, v Value) ([]byte, error) {
	if l, ok := v.v.(elements); ok {
		b = binary.LittleEndian.AppendUint32(b, uint32(v.element))
		b = binary.LittleEndian.AppendUint64(b, uint64(l.length()))
	}
	switch x := v.v.(type) {
	case string:
		return appendText(b, x), nil
	case list[string]:
		for _, text := range x {
			b = appendText(b, text)
		}
		return b, nil
	case list[Value]:
		for _, inner := range x {
			var err error
			if b, err = appendValue(b, inner); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	b, err := binary.Append(b, binary.LittleEndian, v.Any())
	if err != nil {
		return nil, fmt.Errorf("gguf: a %s: %w", v.TypeName(), err)
	}
	return b, nil
}
