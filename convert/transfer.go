package convert

import (
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// VerifyError says that a new file, read back, is not what was written. It has been removed.
type VerifyError struct {
	Tensor string // empty when it is the file as a whole
	Detail string
}

// Error names the tensor.
func (e *VerifyError) Error() string {
	if e.Tensor == "" {
		return "the new file was removed, for read back it is not what was written: " + e.Detail
	}
	return fmt.Sprintf("the new file was removed, for read back it is not what was written: tensor %.100q: %s", e.Tensor, e.Detail)
}

// transfer takes tensors from one file to another.
type transfer struct {
	ctx    context.Context
	in     Source
	o      Options
	infos  []dtype.Info      // of the new file
	old    map[string]string // names in the old file by those in the new one
	recast int
	became map[string]int // how many of these are of each type now
	idle   []string       // rules for names that no tensor has a use for
	seed   maphash.Seed
	sums   map[string]uint64 // of the bytes written, by new name
	shapes map[string][]int
	done   int64
	total  int64 // every byte is written and read back
}

func newTransfer(ctx context.Context, in Source, o Options) (*transfer, error) {
	t := &transfer{ctx: ctx, in: in, o: o, seed: maphash.MakeSeed(), became: map[string]int{}, sums: map[string]uint64{}, shapes: map[string][]int{}}
	infos := in.Tensors()
	var err error
	if o.Choose != nil {
		if infos, err = o.Choose(infos); err != nil {
			return nil, err
		}
	}
	named, err := o.Names.rename(infos)
	if err != nil {
		return nil, err
	}
	t.infos, t.old, t.idle = named.infos, named.old, named.idle
	for i, info := range t.infos {
		name := info.Name
		info.Name = t.old[name]
		made, err := target(in, info, name, o)
		if err != nil {
			return nil, err
		}
		if made.Type != info.Type {
			t.recast++
			t.became[made.Type]++
		}
		made.Name = name
		t.infos[i] = made
		t.total += 2 * made.Bytes
		t.shapes[name] = made.Shape
	}
	return t, nil
}

// metadata returns what the new file has a place for, and the keys that stay behind.
func (t *transfer) metadata() (kept serialize.Metadata, left []string) {
	m := t.in.Metadata()
	if t.o.Metadata != nil {
		m = t.o.Metadata(m)
	}
	kept, left = metadataFor(t.o.Format, t.in.Format(), m)
	kept, untold := t.typed(kept)
	return kept, append(left, untold...)
}

// content writes one tensor of the new file.
func (t *transfer) content(info dtype.Info, w io.Writer) error {
	m := &meter{t: t, w: w}
	m.hash.SetSeed(t.seed)
	if err := gguf.WriteTensor(m, t.in, t.old[info.Name], info, t.o.Overflow); err != nil {
		if m.failed != nil {
			return m.failed // the new file's, which cause names
		}
		return &contentError{err}
	}
	t.sums[info.Name] = m.hash.Sum64()
	return nil
}

// verify reads the new file back.
func (t *transfer) verify(path string) error {
	f, err := serialize.Open(path)
	if err != nil {
		return &VerifyError{Detail: err.Error()}
	}
	defer f.Close()
	if n := len(f.Tensors()); n != len(t.infos) {
		return &VerifyError{Detail: fmt.Sprintf("it has %d tensors, not %d", n, len(t.infos))}
	}
	for i, info := range f.Tensors() {
		name := info.Name
		if t.o.Format == serialize.NPY { // such a file has one tensor, and no name for it
			name = t.infos[i].Name
		}
		want, written := t.sums[name]
		if !written {
			return &VerifyError{name, "it was not written"}
		}
		if !slices.Equal(info.Shape, t.shapes[name]) {
			return &VerifyError{name, fmt.Sprintf("its shape is %v", info.Shape)}
		}
		if err := t.readBack(f, info.Name, want); err != nil {
			return err
		}
	}
	return nil
}

// readBack compares a tensor of the new file with the sum of what was written.
func (t *transfer) readBack(f serialize.File, name string, want uint64) error {
	stored, err := f.Stored(name)
	if err != nil {
		return &VerifyError{name, err.Error()}
	}
	m := &meter{t: t, w: io.Discard}
	m.hash.SetSeed(t.seed)
	if err := stored.WriteAs(m, stored.DType, dtype.Refuse); err != nil {
		if t.ctx.Err() != nil {
			return err
		}
		return &VerifyError{name, err.Error()}
	}
	if m.hash.Sum64() != want {
		return &VerifyError{name, "its bytes are others"}
	}
	return nil
}

// meter hashes and counts what goes through it, and stops when the context ends.
type meter struct {
	t      *transfer
	w      io.Writer
	failed error // of w
	hash   maphash.Hash
}

// Write passes bytes on.
func (m *meter) Write(p []byte) (int, error) {
	if err := m.t.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.w.Write(p)
	m.failed = err
	m.hash.Write(p[:n])
	m.t.done += int64(n)
	if m.t.o.Progress != nil {
		m.t.o.Progress(m.t.done, m.t.total)
	}
	return n, err
}
