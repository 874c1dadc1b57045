package safetensors

import (
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/fault"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// plan is a file that is about to be written, and has passed all checks.
type plan struct {
	header  []byte
	infos   []dtype.Info // in the order of the data
	content writing.Content
}

// newPlan checks the tensors, puts them in order and makes the header.
func newPlan(infos []dtype.Info, content writing.Content, o options) (*plan, error) {
	sized, err := sizeAll(infos)
	if err != nil {
		return nil, err
	}
	o.order.arrange(sized)
	header, err := appendHeader(nil, sized, o)
	return &plan{header, sized, content}, err
}

// sizeAll refuses tensors that the format cannot hold, and returns the others with their sizes.
func sizeAll(infos []dtype.Info) ([]dtype.Info, error) {
	total := int64(0)
	return writing.Check(infos, func(t *dtype.Info) error {
		switch {
		case t.Name == metadataName:
			return broken(InvalidName, t.Name, "the format keeps this name for metadata: rename the tensor")
		case !utf8.ValidString(t.Name):
			return broken(InvalidName, t.Name, "the name is not UTF-8: rename the tensor")
		}
		if err := size(t); err != nil {
			return err
		}
		if total += t.Bytes; total > math.MaxInt64-lengthSize-maxHeader || total < 0 {
			return broken(ValidationOverflow, t.Name, "the tensors would be larger than any file")
		}
		return nil
	}, func(name string) error { return broken(DuplicateName, name, "two tensors have this name") })
}

// size works out the bytes of a tensor. One of an unknown dtype, as another file had it, says them itself.
func size(t *dtype.Info) (err error) {
	if t.DType != 0 {
		t.Type = t.DType.String()
		if t.Bytes, err = dtype.ByteSize(t.DType, t.Shape); err != nil {
			return &dtype.SizeError{Name: t.Name, DType: t.DType, Shape: t.Shape, Have: t.Bytes, Err: err}
		}
		return nil
	}
	known, err := dtype.Parse(t.Type)
	if t.Type == "" || err == nil && known.String() == t.Type || !utf8.ValidString(t.Type) || t.Bytes < 0 {
		return broken(UnknownDType, t.Name, "it has neither a DType nor the Type and Bytes of one that is not known")
	}
	if _, err := dtype.ByteSize(dtype.U8, t.Shape); err != nil {
		return broken(ValidationOverflow, t.Name, "%.100q of shape %s: %v", t.Type, brief(t.Shape), err)
	}
	return nil
}

// writeTo writes the file.
func (p *plan) writeTo(w io.Writer) error {
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(p.header)))); err != nil {
		return err
	}
	if _, err := w.Write(p.header); err != nil {
		return err
	}
	for _, info := range p.infos {
		err := writing.Exactly(w, info, p.content, func(written int64) error {
			return broken(TensorInvalidInfo, info.Name, "%s of shape %s takes %s bytes, but %s were written",
				info.Type, brief(info.Shape), fault.Grouped(uint64(info.Bytes)), fault.Grouped(uint64(written)))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// order is in which order a file has its tensors and metadata.
type order struct {
	data   map[string]int // where the data of a tensor is among the others
	header map[string]int // where its description is
	keys   []string       // of the metadata
}

// reference compares tensors as the reference implementation does, so that each is aligned: the widest dtype first, then by name.
func reference(a, b dtype.Info) int {
	return cmp.Or(cmp.Compare(b.DType, a.DType), cmp.Compare(a.Name, b.Name))
}

// arrange sorts tensors into the order of their data: those of the order first, the others as the reference implementation does.
func (o order) arrange(infos []dtype.Info) {
	slices.SortStableFunc(infos, compareBy(o.data, reference))
}

// described returns the tensors in the order of their descriptions. Each place is one in infos.
func (o order) described(infos []dtype.Info) []int {
	places := make([]int, len(infos))
	for i := range places {
		places[i] = i
	}
	by := compareBy(o.header, func(dtype.Info, dtype.Info) int { return 0 })
	slices.SortStableFunc(places, func(a, b int) int { return by(infos[a], infos[b]) })
	return places
}

// compareBy compares by the place of the names, and puts those without a place last, in an order of their own.
func compareBy(places map[string]int, others func(a, b dtype.Info) int) func(a, b dtype.Info) int {
	return func(a, b dtype.Info) int {
		i, knownA := places[a.Name]
		j, knownB := places[b.Name]
		switch {
		case knownA && knownB:
			return cmp.Compare(i, j)
		case knownA:
			return -1
		case knownB:
			return 1
		}
		return others(a, b)
	}
}

// sortKeys returns the keys of metadata in order: those of the order first, the others by their bytes.
func (o order) sortKeys(metadata map[string]string) []string {
	keys := make([]string, 0, len(metadata))
	left := make(map[string]bool, len(metadata))
	for key := range metadata {
		left[key] = true
	}
	for _, key := range o.keys {
		if left[key] {
			keys = append(keys, key)
			delete(left, key)
		}
	}
	for key := range left {
		keys = append(keys, key)
	}
	slices.Sort(keys[len(keys)-len(left):])
	return keys
}
