package torchfile

import (
	"archive/zip"
	"fmt"
	"io"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// Save writes a state dict to path, as a whole or not at all, that torch.load opens with weights_only=True and mmap=True: an OrderedDict of the tensors in
// their order. The pickle is the one that torch.save writes, to the byte. Tensors whose Data is the same memory share one storage. Nothing is written
// when a name comes twice or is not UTF-8, when a dtype is not one of PyTorch's (F4 and F6: [FormatError]), or when data does not fit its shape
// ([dtype.SizeError]). Other errors are those of the disk, and name the path.
func Save(path string, tensors []dtype.Tensor) error {
	p, err := planTensors(tensors)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// Write writes to w what [Save] writes to a file. It checks everything before it writes the first byte.
func Write(w io.Writer, tensors []dtype.Tensor) error {
	p, err := planTensors(tensors)
	if err != nil {
		return err
	}
	return p.writeTo(w)
}

// Create writes to path what [Save] writes, without having the tensors in memory. It asks content for the bytes of one tensor after the other, in the order
// of infos: content writes the elements of info.Name to w, little-endian and row-major. Of an Info the name, the dtype and the shape count. An error of
// content is returned, as is one that it wrote more or less than there are; path is then as it was. Other errors are those of [Save].
func Create(path string, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error) error {
	share := make([]int, len(infos))
	for i := range share {
		share[i] = i
	}
	p, err := newPlan(infos, share, content)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeTo)
}

// plan is a file that is about to be written, and has passed all checks.
type plan struct {
	pickle  []byte
	infos   []dtype.Info // Bytes are worked out
	share   []int        // the tensor whose storage tensor i views: itself, or one before it
	content writing.Content
}

// newPlan checks the tensors and makes the pickle.
func newPlan(infos []dtype.Info, share []int, content writing.Content) (*plan, error) {
	sized, err := writing.Check(infos, checkInfo, func(name string) error { return brokenTensor(DuplicateName, name, "two tensors have this name") })
	if err != nil {
		return nil, err
	}
	return &plan{stateDict(sized, share), sized, share, content}, nil
}

// planTensors plans tensors in memory, and finds those that share it.
func planTensors(tensors []dtype.Tensor) (*plan, error) {
	infos, byName, err := writing.Held(tensors)
	if err != nil {
		return nil, err
	}
	share := make([]int, len(tensors))
	first := map[*byte]int{}
	for i, t := range tensors {
		share[i] = i
		if len(t.Data) == 0 {
			continue
		}
		if j, ok := first[&t.Data[0]]; !ok {
			first[&t.Data[0]] = i
		} else if tensors[j].DType == t.DType && len(tensors[j].Data) == len(t.Data) {
			share[i] = j
		}
	}
	return newPlan(infos, share, func(info dtype.Info, w io.Writer) error {
		_, err := w.Write(byName[info.Name].Data)
		return err
	})
}

// writeTo writes the archive.
func (p *plan) writeTo(w io.Writer) error {
	z := &zipWriter{Writer: zip.NewWriter(w)}
	if err := z.word(pickleName, p.pickle); err != nil {
		return err
	}
	if !z.needs64Bits(p.infos) {
		if err := z.word(".format_version", []byte("1")); err != nil {
			return err
		}
	}
	for _, r := range []struct{ name, text string }{{".storage_alignment", fmt.Sprint(alignment)}, {orderName, "little"}} {
		if err := z.word(r.name, []byte(r.text)); err != nil {
			return err
		}
	}
	key := 0
	for i, info := range p.infos {
		if p.share[i] != i {
			continue
		}
		if err := z.record(fmt.Sprint(storageFolder, key), info.Bytes, func(w io.Writer) error { return p.storage(w, info) }); err != nil {
			return err
		}
		key++
	}
	if err := z.word(versionName, []byte("3\n")); err != nil {
		return err
	}
	return z.Close()
}

// storage writes the elements of a tensor.
func (p *plan) storage(w io.Writer, info dtype.Info) error {
	return writing.Exactly(w, info, p.content, func(written int64) error {
		return brokenTensor(BadTensor, info.Name, "%d bytes were written, its shape needs %d", written, info.Bytes)
	})
}
