package npz

import (
	"archive/zip"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// Create writes a .npz to path without holding it in memory, as a whole or not at all. It asks content for the bytes of one tensor after the other, in the
// order of infos: content writes the elements of info.Name to w, little-endian and row-major. Of the infos, Name, DType and Shape count. Nothing is
// written when names are twice or cannot be written, when NumPy has no type for a dtype ([FormatError]), or when a shape has no size
// ([dtype.SizeError]). A path may be that of a file that content reads: it is replaced when all is read, but for Windows, which refuses to replace a file
// that is open. Other errors are content's and the disk's.
func Create(path string, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error) error {
	p, err := newPlan(infos, content)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeArchive)
}

// Save writes tensors to path as a .npz. Errors are those of [Create], or a [dtype.SizeError] when data does not fit its shape.
func Save(path string, tensors []dtype.Tensor) error {
	p, err := planOf(tensors)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, p.writeArchive)
}

// Write writes to w what [Save] writes to a file. It checks everything before it writes the first byte.
func Write(w io.Writer, tensors []dtype.Tensor) error {
	p, err := planOf(tensors)
	if err != nil {
		return err
	}
	return p.writeArchive(w)
}

// CreateArray writes one tensor to path as a .npy, which has no room for its name. It is asked for as by [Create], whose errors it has.
func CreateArray(path string, info dtype.Info, content func(info dtype.Info, w io.Writer) error) error {
	p, err := newPlan([]dtype.Info{info}, content)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { return p.writeArray(w, p.infos[0]) })
}

// SaveArray writes one tensor to path as a .npy. Errors are those of [Save].
func SaveArray(path string, t dtype.Tensor) error {
	p, err := planOf([]dtype.Tensor{t})
	if err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { return p.writeArray(w, p.infos[0]) })
}

// plan is a file that is about to be written, and has passed all checks.
type plan struct {
	infos   []dtype.Info // Bytes are worked out
	content writing.Content
}

// longestName is what a zip has room for, with the suffix.
const longestName = 1<<16 - 1 - len(suffix)

func newPlan(infos []dtype.Info, content writing.Content) (*plan, error) {
	sized, err := writing.Check(infos, func(t *dtype.Info) error {
		_, ok := spelling(t.DType)
		switch {
		case !utf8.ValidString(t.Name), strings.ContainsRune(t.Name, 0), len(t.Name) > longestName:
			return broken(InvalidName, t.Name, "a name is at most %d bytes of UTF-8 without a zero: rename the tensor", longestName)
		case !ok && t.DType == 0:
			return broken(Unsupported, t.Name, "NumPy has no type for %.100q", t.Type)
		case !ok:
			return broken(Unsupported, t.Name, "NumPy has no type for %v: convert it to F32 first", t.DType)
		case len(t.Shape) > mostDimensions:
			return broken(Unsupported, t.Name, "%d dimensions: NumPy has at most %d", len(t.Shape), mostDimensions)
		}
		var err error
		if t.Bytes, err = dtype.ByteSize(t.DType, t.Shape); err != nil {
			return &dtype.SizeError{Name: t.Name, DType: t.DType, Shape: t.Shape, Err: err}
		}
		return nil
	}, func(name string) error { return broken(DuplicateName, name, "two tensors have this name") })
	return &plan{sized, content}, err
}

// planOf plans tensors in memory.
func planOf(tensors []dtype.Tensor) (*plan, error) {
	infos, byName, err := writing.Held(tensors)
	if err != nil {
		return nil, err
	}
	return newPlan(infos, func(info dtype.Info, w io.Writer) error {
		_, err := w.Write(byName[info.Name].Data)
		return err
	})
}

// writeArchive writes a .npz.
func (p *plan) writeArchive(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, info := range p.infos {
		entry, err := z.CreateHeader(&zip.FileHeader{Name: info.Name + suffix, Method: zip.Store})
		if err == nil {
			err = p.writeArray(entry, info)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// writeArray writes a .npy.
func (p *plan) writeArray(w io.Writer, info dtype.Info) error {
	descr, _ := spelling(info.DType)
	if _, err := w.Write(appendHeader(nil, descr, info.Shape)); err != nil {
		return err
	}
	return writing.Exactly(w, info, p.content, func(written int64) error {
		return broken(BadSize, info.Name, "%v of shape %v takes %d bytes, but %d were written", info.DType, info.Shape[:min(len(info.Shape), 8)], info.Bytes, written)
	})
}
