package torchfile

import (
	"archive/zip"
	"bytes"
	"io"
	"math"

	"github.com/heft-ml/heft/dtype"
)

// zipWriter aligns what it writes as PyTorch does, so that storages can be mapped.
type zipWriter struct {
	*zip.Writer
	pos int64 // where the next header will stand
}

const (
	writtenTop = "archive/" // what torch.save writes where it knows no file name
	alignment  = 64         // bytes

	most32Bits   = math.MaxUint32
	descriptor32 = 16 // bytes of what follows the data: signature, checksum, sizes
	descriptor64 = 24
)

// needs64Bits tells whether a reader that computes where storages are (torch's calculate_storage_offsets) would go wrong: PyTorch writes 64-bit fields
// where archive/zip has none. Such a file does not have the entry that allows it, and the directory tells.
func (z *zipWriter) needs64Bits(infos []dtype.Info) bool {
	total := z.pos
	for _, info := range infos {
		total = saturatingAdd(total, saturatingAdd(info.Bytes, 1<<10))
	}
	return total >= most32Bits
}

func (z *zipWriter) word(name string, data []byte) error {
	return z.record(name, int64(len(data)), func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	})
}

// record writes an entry of size bytes. Its data begins at a multiple of alignment, for which a field "FB" of the header is padded with Z's.
func (z *zipWriter) record(name string, size int64, fill func(io.Writer) error) error {
	h := &zip.FileHeader{Name: writtenTop + name, Method: zip.Store, Flags: 0x800}
	start := z.pos + localHeader + int64(len(h.Name)) + 4
	pad := (alignment - start%alignment) % alignment
	h.Extra = append([]byte{'F', 'B', byte(pad), 0}, bytes.Repeat([]byte{'Z'}, int(pad))...)
	z.pos = start + pad + size
	create := z.CreateRaw // which writes nothing behind the data, as PyTorch where there is none
	if size > 0 {
		create = z.CreateHeader
		z.pos += descriptor32
	}
	if size >= most32Bits {
		z.pos += descriptor64 - descriptor32
	}
	w, err := create(h)
	if err != nil {
		return err
	}
	return fill(w)
}
