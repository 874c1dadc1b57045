// Package writing is what the writers of all formats do alike: they check descriptions of tensors, and then ask for the bytes of one after the other.
package writing

import (
	"io"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// Content writes the elements of the tensor info.Name to w: info.Bytes bytes.
type Content = func(info dtype.Info, w io.Writer) error

// Check returns a copy of infos that check has completed one by one, or the first error: that of check, or of twice for a name that was there before.
func Check(infos []dtype.Info, check func(info *dtype.Info) error, twice func(name string) error) ([]dtype.Info, error) {
	checked := slices.Clone(infos)
	names := make(map[string]bool, len(infos))
	for i := range checked {
		info := &checked[i]
		if names[info.Name] {
			return nil, twice(info.Name)
		}
		names[info.Name] = true
		if err := check(info); err != nil {
			return nil, err
		}
	}
	return checked, nil
}

// Exactly has content write a tensor to w. When it writes another number of bytes than info says, wrong makes the error.
func Exactly(w io.Writer, info dtype.Info, content Content, wrong func(written int64) error) error {
	c := &counter{w: w}
	if err := content(info, c); err != nil {
		return err
	}
	if c.n != info.Bytes {
		return wrong(c.n)
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

// Held describes tensors in memory, and returns how to find each again by its name. The error is that of a tensor whose data does not fit its shape.
func Held(tensors []dtype.Tensor) (infos []dtype.Info, byName map[string]dtype.Tensor, err error) {
	infos = make([]dtype.Info, len(tensors))
	byName = make(map[string]dtype.Tensor, len(tensors))
	for i, t := range tensors {
		if err := t.Check(); err != nil {
			return nil, nil, err
		}
		infos[i] = t.Stored().Info
		byName[t.Name] = t
	}
	return infos, byName, nil
}
