package convert

import (
	"io"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// blocks returns what a tensor becomes in a GGUF file where as chooses. What has the type already stays as it is, and so
// does what as was not made for: blocks that the source has are decoded to be chosen for.
func blocks(in Source, info dtype.Info, newName string, as func(dtype.Info) ggml.Type) (dtype.Info, error) {
	asked := info
	if info.DType == 0 {
		decoded, err := in.Decoded(info.Name)
		if err != nil {
			return info, err
		}
		asked = decoded.Info
	}
	asked.Name = newName
	to := as(asked)
	if to.DType() == 0 && !to.CanEncode() && to.String() != info.Type {
		return info, &ggml.UnsupportedError{Type: to, Verb: "written"}
	}
	size, err := to.Size(int64(info.NumElements()))
	info.DType, info.Type, info.Bytes = to.DType(), to.String(), size
	return info, err
}

// quantize writes blocks of numbers.
func (t *transfer) quantize(info dtype.Info, w io.Writer) error {
	decoded, err := t.in.Decoded(t.old[info.Name])
	if err != nil {
		return err
	}
	to, err := ggml.ParseType(info.Type)
	if err != nil {
		return err
	}
	return gguf.WriteAs(w, decoded, to)
}

// quantizationVersion is that of the blocks of quant/ggml: GGML_QNT_VERSION of ggml.h.
const quantizationVersion uint32 = 2

// blocksOf returns metadata with the version of the quantization, which the specification wants where there are blocks.
func (t *transfer) blocksOf(m serialize.Metadata) serialize.Metadata {
	if _, there := m.Value(gguf.KeyQuantizationVersion); there || t.o.As == nil {
		return m
	}
	for _, info := range t.infos {
		if info.DType == 0 {
			return append(m, serialize.KV{Key: gguf.KeyQuantizationVersion, Value: quantizationVersion})
		}
	}
	return m
}
