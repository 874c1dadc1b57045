package torchfile

import (
	"math"
	"math/bits"
	"strings"

	"github.com/heft-ml/heft/serialize/fault"
)

// tensor is a view of a storage, as torch._utils._rebuild_tensor_v2 makes it: element i, j ... stands at offset + i*strides[0] + j*strides[1] ... of
// the storage, in elements.
type tensor struct {
	storage      *storage // nil until BUILD, for one that NEWOBJ made
	element      *element
	offset       int64
	size         []int
	strides      []int
	count        int64 // elements: the product of size
	span         int64 // elements from the first to the last, both included; 0 for none
	parameter    bool
	requiresGrad bool
	conj, neg    bool   // the values are the conjugates, or the negatives, of those stored
	quantizer    string // how a quantized tensor is to be understood, or empty
}

const mostDims = 64 // more than PyTorch itself computes with

// newTensor checks a view against its storage, with 128-bit products.
func newTensor(m *machine, s, offset, size, strides any, e *element) (*tensor, error) {
	st, ok := s.(*storage)
	if !ok {
		return nil, broken(BadTensor, "its storage is a %.100s", typeName(s))
	}
	if e == nil {
		e = st.element
	}
	t := &tensor{storage: st, element: e}
	err := m.charge(costOfTensor)
	if err != nil {
		return nil, err
	}
	if t.offset, ok = offset.(int64); !ok || t.offset < 0 {
		return nil, broken(BadTensor, "its offset is %s", text(offset))
	}
	if t.size, err = dimensions(m, "size", size); err != nil {
		return nil, err
	}
	if t.strides, err = dimensions(m, "stride", strides); err != nil {
		return nil, err
	}
	if len(t.size) != len(t.strides) {
		return nil, broken(BadTensor, "%d sizes and %d strides", len(t.size), len(t.strides))
	}
	return t, t.measure()
}

// dimensions reads a size or stride.
func dimensions(m *machine, what string, v any) ([]int, error) {
	items, ok := v.(*tuple)
	if !ok {
		return nil, broken(BadTensor, "its %s is a %.100s, not a tuple", what, typeName(v))
	}
	if len(items.items) > mostDims {
		return nil, broken(BadTensor, "its %s has %d dimensions, at most %d are allowed", what, len(items.items), mostDims)
	}
	if err := m.charge(costOfContainer + 8*len(items.items)); err != nil {
		return nil, err
	}
	dims := make([]int, len(items.items))
	for i, item := range items.items {
		n, ok := item.(int64)
		if !ok || n < 0 || n > math.MaxInt {
			return nil, broken(BadTensor, "its %s has %s", what, text(item))
		}
		dims[i] = int(n)
	}
	return dims, nil
}

// measure sets count and span, and checks that every element lies within the storage.
func (t *tensor) measure() error {
	count, span := uint64(1), uint64(1)
	for i, n := range t.size {
		high, low := bits.Mul64(count, uint64(n))
		if high != 0 || low > math.MaxInt64 {
			return broken(BadTensor, "its size %v is too large to count", t.size)
		}
		count = low
		if n > 1 {
			high, low = bits.Mul64(uint64(n-1), uint64(t.strides[i]))
			sum, carry := bits.Add64(span, low, 0)
			if high != 0 || carry != 0 || sum > math.MaxInt64 {
				return broken(BadTensor, "its size %v and stride %v lead beyond any storage", t.size, t.strides)
			}
			span = sum
		}
	}
	if count == 0 {
		span = 0
	}
	high, size := bits.Mul64(count, uint64(t.element.size))
	if high != 0 || size > math.MaxInt64 {
		return broken(BadTensor, "its size %v is too large to count its bytes", t.size)
	}
	have := uint64(t.storage.bytes) / uint64(t.element.size)
	if end := uint64(t.offset) + span; end > have {
		return broken(BadTensor, "its element %s is used, the storage has %s: size %v, stride %v, offset %d",
			fault.Grouped(end-1), fault.Grouped(have), t.size, t.strides, t.offset)
	}
	t.count, t.span = int64(count), int64(span)
	return nil
}

func rebuildTensor(m *machine, args []any) (any, error) {
	if len(args) != 4 {
		return nil, wrongArguments("_rebuild_tensor", args)
	}
	return newTensor(m, args[0], args[1], args[2], args[3], nil)
}

func rebuildTensorV2(m *machine, args []any) (any, error) {
	if len(args) != 6 && len(args) != 7 {
		return nil, wrongArguments("_rebuild_tensor_v2", args)
	}
	t, err := newTensor(m, args[0], args[1], args[2], args[3], nil)
	if err != nil {
		return nil, err
	}
	return t, t.describe(args[4], args[5], args[6:])
}

func rebuildTensorV3(m *machine, args []any) (any, error) {
	if len(args) != 7 && len(args) != 8 {
		return nil, wrongArguments("_rebuild_tensor_v3", args)
	}
	g, ok := args[6].(*global)
	if !ok || g.role != constant || g.element == nil {
		return nil, broken(BadTensor, "its dtype is %s", text(args[6]))
	}
	t, err := newTensor(m, args[0], args[1], args[2], args[3], g.element)
	if err != nil {
		return nil, err
	}
	return t, t.describe(args[4], args[5], args[7:])
}

// describe takes requires_grad, the hooks, which are always none, and the metadata that says that values are conjugates or negatives.
func (t *tensor) describe(requiresGrad, hooks any, metadata []any) error {
	var ok bool
	if t.requiresGrad, ok = requiresGrad.(bool); !ok {
		return broken(BadTensor, "its requires_grad is a %.100s", typeName(requiresGrad))
	}
	if d, ok := hooks.(*dict); !ok || len(d.pairs) > 0 {
		return broken(BadTensor, "it has hooks: %s", text(hooks))
	}
	if len(metadata) == 0 || metadata[0] == nil {
		return nil
	}
	d, ok := metadata[0].(*dict)
	if !ok {
		return broken(BadTensor, "its metadata is a %.100s", typeName(metadata[0]))
	}
	for i := 0; i < len(d.pairs); i += 2 {
		key, _ := d.pairs[i].(string)
		on, ok := d.pairs[i+1].(bool)
		switch {
		case key == "conj" && ok:
			t.conj = on
		case key == "neg" && ok:
			t.neg = on
		default:
			return broken(BadTensor, "its metadata has %s: %s", text(d.pairs[i]), text(d.pairs[i+1]))
		}
	}
	switch {
	case t.conj && !strings.Contains(t.element.name, "complex"), t.neg && !t.element.float:
		return broken(BadTensor, "its %s values are said to be conjugates or negatives", t.element.name)
	}
	return nil
}

// rebuildParameter marks a tensor as one that is learned. The state of a subclass is left out.
func rebuildParameter(m *machine, args []any) (any, error) {
	if len(args) != 3 && len(args) != 4 {
		return nil, wrongArguments("_rebuild_parameter", args)
	}
	from, ok := args[0].(*tensor)
	requiresGrad, isBool := args[1].(bool)
	if !ok || !isBool {
		return nil, wrongArguments("_rebuild_parameter", args)
	}
	t := *from // the same data may be mentioned again without being a parameter
	t.parameter, t.requiresGrad = true, requiresGrad
	return &t, m.charge(costOfTensor)
}

// rebuildQTensor lists a quantized tensor as its integers, and tells the quantizer.
func rebuildQTensor(m *machine, args []any) (any, error) {
	if len(args) != 7 {
		return nil, wrongArguments("_rebuild_qtensor", args)
	}
	quantizer, ok := args[4].(*tuple)
	if !ok {
		return nil, wrongArguments("_rebuild_qtensor", args)
	}
	st, ok := args[0].(*storage)
	if !ok || !strings.HasPrefix(st.element.name, "q") {
		return nil, broken(BadTensor, "a quantized tensor's storage is a %.100s", typeName(args[0]))
	}
	size := args[2]
	if packed := packedIn[st.element.name]; packed > 0 {
		return nil, broken(Unsupported, "a tensor of torch.%s, which packs %d elements in a byte", st.element.name, packed)
	}
	t, err := newTensor(m, st, args[1], size, args[3], nil)
	if err != nil {
		return nil, err
	}
	t.quantizer = text(quantizer)
	return t, t.describe(args[5], args[6], nil)
}

// packedIn has the quantized formats of less than a byte.
var packedIn = map[string]int{"quint4x2": 2, "quint2x4": 4}

// setState fills a tensor that NEWOBJ made, as Tensor.__setstate__ does: PyTorch 0.3 and earlier.
func (t *tensor) setState(m *machine, state []any) error {
	switch len(state) {
	case 4: // storage, offset, size, stride
		made, err := newTensor(m, state[0], state[1], state[2], state[3], nil)
		if err != nil {
			return err
		}
		made.parameter = t.parameter
		*t = *made
		return nil
	case 5: // data, gradient, hooks, requires_grad, volatile
		from, ok := state[0].(*tensor)
		requiresGrad, isBool := state[3].(bool)
		if ok && isBool && from.storage != nil {
			parameter := t.parameter
			*t = *from
			t.parameter, t.requiresGrad = parameter, requiresGrad
			return nil
		}
	}
	return wrongArguments("Tensor.__setstate__", state)
}
