package inspect

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// hidden finds what the weights' files hold beside what their tensors and metadata say: data between the tensors of GGUF, what
// stands before, between and after the entries of a zip or is called its comment, and entries of PyTorch's zips that no tensor
// refers to.
func (v *Verification) hidden(f *Source, files []string) error {
	if g, ok := f.File.(interface{ Hidden() ([]gguf.Hidden, error) }); ok {
		found, err := g.Hidden()
		if err != nil {
			return err
		}
		for _, h := range found {
			v.find("%s: %d bytes from byte %d belong to no tensor, and are not zeros", h.File, h.Bytes, h.Offset)
		}
	}
	for _, file := range files {
		if err := v.hiddenInZip(file); err != nil {
			return err
		}
	}
	return nil
}

// hiddenInZip looks at a file that is a zip.
func (v *Verification) hiddenInZip(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil // it is of another format, which has been read
	}
	if n := len(z.Comment); n > 0 {
		v.find("%s: %s in the comment of the zip, which no reader of weights looks at", file, count(int64(n), "byte"))
	}
	gaps, err := gapsOfZip(f, info.Size())
	if err != nil {
		return fmt.Errorf("%q: %w", file, err)
	}
	for _, g := range gaps {
		where := fmt.Sprintf("from byte %d of the zip", g.from)
		if g.to == info.Size() {
			where = "after the end of the zip"
		}
		v.find("%s: %s %s belong to nothing", file, count(g.to-g.from, "byte"), where)
	}
	t, err := torchfile.Open(file)
	if err != nil {
		return nil // arrays of NumPy, every one of which is listed
	}
	defer t.Close()
	v.unused(file, z, t)
	return nil
}

// torchEntries are what torch.save writes beside storages, and its folder of notes.
var torchEntries = map[string]bool{"data.pkl": true, "version": true, "byteorder": true, ".format_version": true, ".storage_alignment": true}

const torchNotes = ".data/"

// unused finds entries of a zip of torch.save that no tensor refers to.
func (v *Verification) unused(file string, z *zip.Reader, t *torchfile.File) {
	used := map[string]bool{}
	for _, info := range t.Tensors() {
		if p, ok := t.Placement(info.Name); ok {
			used["data/"+p.Storage] = true
		}
	}
	for _, e := range z.File {
		_, name, _ := strings.Cut(e.Name, "/")
		if e.UncompressedSize64 > 0 && !used[name] && !torchEntries[name] && path.Dir(name)+"/" != torchNotes {
			v.find("%s: entry %s: no tensor refers to its %s", file, e.Name, count(int64(e.UncompressedSize64), "byte"))
		}
	}
}
