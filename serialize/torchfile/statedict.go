package torchfile

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
)

// writtenAs gives each dtype the storage class that torch.save writes, or the torch.dtype over an UntypedStorage.
var writtenAs = map[dtype.DType]struct{ class, name string }{
	dtype.F64: {"DoubleStorage", ""}, dtype.F32: {"FloatStorage", ""}, dtype.F16: {"HalfStorage", ""}, dtype.BF16: {"BFloat16Storage", ""},
	dtype.I64: {"LongStorage", ""}, dtype.I32: {"IntStorage", ""}, dtype.I16: {"ShortStorage", ""}, dtype.I8: {"CharStorage", ""},
	dtype.U8: {"ByteStorage", ""}, dtype.Bool: {"BoolStorage", ""}, dtype.C64: {"ComplexFloatStorage", ""},
	dtype.U16: {"", "uint16"}, dtype.U32: {"", "uint32"}, dtype.U64: {"", "uint64"}, dtype.F8E4M3: {"", "float8_e4m3fn"}, dtype.F8E5M2: {"", "float8_e5m2"},
	dtype.F8E4M3FNUZ: {"", "float8_e4m3fnuz"}, dtype.F8E5M2FNUZ: {"", "float8_e5m2fnuz"}, dtype.F8E8M0: {"", "float8_e8m0fnu"},
}

const batch = 1000 // items that Python's pickler puts into a dict at once

// checkInfo refuses a tensor that the format cannot hold, and works out its bytes.
func checkInfo(t *dtype.Info) (err error) {
	switch {
	case !utf8.ValidString(t.Name) || len(t.Name) > longestKey:
		return brokenTensor(InvalidName, t.Name, "a name is UTF-8 of at most %d bytes: rename the tensor", longestKey)
	case writtenAs[t.DType] == struct{ class, name string }{}:
		return brokenTensor(Unsupported, t.Name, "PyTorch has no tensors of %v: convert it", t.DType)
	case len(t.Shape) > mostDims:
		return brokenTensor(Unsupported, t.Name, "%d dimensions: PyTorch computes with %d at most", len(t.Shape), mostDims)
	}
	if t.Bytes, err = dtype.ByteSize(t.DType, t.Shape); err != nil {
		return &dtype.SizeError{Name: t.Name, DType: t.DType, Shape: t.Shape, Err: err}
	}
	return nil
}

// stateDict makes the pickle of tensors that have been checked. share[i] is the tensor whose storage tensor i views.
func stateDict(infos []dtype.Info, share []int) []byte {
	keys := make([]string, len(infos))
	p := newPickler()
	p.emptyDict()
	next := 0
	for i, info := range infos {
		if keys[i] = keys[share[i]]; share[i] == i {
			keys[i] = fmt.Sprint(next)
			next++
		}
		left := len(infos) - i/batch*batch
		if i%batch == 0 && left > 1 {
			p.op(opMark)
		}
		p.text(info.Name)
		p.tensor(info, keys[i])
		switch {
		case left == 1:
			p.op(opSetItem)
		case i%batch == batch-1 || i == len(infos)-1:
			p.op(opSetItems)
		}
	}
	p.op(opStop)
	return p.out
}

// tensor writes the call that makes a tensor of all of a storage.
func (p *pickler) tensor(info dtype.Info, key string) {
	as := writtenAs[info.DType]
	elements := int64(info.NumElements())
	if as.class == "" {
		p.global("torch._utils", "_rebuild_tensor_v3")
	} else {
		p.global("torch._utils", "_rebuild_tensor_v2")
	}
	p.op(opMark, opMark)
	p.textOnce(p.words, "storage")
	if as.class == "" {
		p.global("torch.storage", "UntypedStorage")
		elements = info.Bytes
	} else {
		p.global("torch", as.class)
	}
	p.textOnce(p.keys, key)
	p.textOnce(p.words, "cpu")
	p.number(elements)
	p.endTuple(5)
	p.op(opBinPersID)
	p.number(0)
	p.numbers(info.Shape)
	p.numbers(rowMajor(info.Shape))
	p.op(opNewFalse)
	p.emptyDict()
	if as.class == "" {
		p.global("torch", as.name)
	}
	p.endTuple(6)
	p.op(opReduce)
	p.remember()
}

// rowMajor returns the strides of a contiguous tensor, in elements. As in PyTorch an empty dimension counts as one.
func rowMajor(shape []int) []int {
	strides := make([]int, len(shape))
	next := 1
	for i, n := range slices.Backward(shape) {
		strides[i] = next
		next *= max(n, 1)
	}
	return strides
}
