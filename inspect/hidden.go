package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// hidden finds what the weights' files hold beside what their tensors and metadata say: data between the tensors of GGUF, what
// follows the end of a zip or is called its comment, and entries of PyTorch's zips that no tensor refers to.
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

// End of a zip, by APPNOTE.TXT 4.3.16: what it begins with, its length without the comment, and where the comment's length stands.
const (
	zipEnd         = "PK\x05\x06"
	zipEndLength   = 22
	zipCommentAt   = 20
	longestComment = 1<<16 - 1
)

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
	after, err := afterZip(f, info.Size())
	if err != nil {
		return err
	}
	if after > 0 {
		v.find("%s: %s after the end of the zip belong to nothing", file, count(after, "byte"))
	}
	t, err := torchfile.Open(file)
	if err != nil {
		return nil // arrays of NumPy, every one of which is listed
	}
	defer t.Close()
	v.unused(file, z, t)
	return nil
}

// afterZip returns how many bytes follow the end of a zip.
func afterZip(f io.ReaderAt, size int64) (int64, error) {
	tail := make([]byte, min(size, zipEndLength+longestComment))
	if n, err := f.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return 0, err
	}
	for at := bytes.LastIndex(tail, []byte(zipEnd)); at >= 0; at = bytes.LastIndex(tail[:at], []byte(zipEnd)) {
		if at+zipEndLength > len(tail) {
			continue
		}
		if end := at + zipEndLength + int(binary.LittleEndian.Uint16(tail[at+zipCommentAt:])); end <= len(tail) {
			return int64(len(tail) - end), nil
		}
	}
	return 0, nil
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
