package serialize

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/npz"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// FormatInfo says what can be done with a format, and how its files are recognised.
type FormatInfo struct {
	Format     Format
	Recognised string   // by what a file of it begins with
	Extensions []string // that files of it usually have, the first for new ones
	Metadata   bool     // whether Create has a place for metadata
}

// format is a row of the table of formats.
type format struct {
	FormatInfo
	is     func(start []byte) bool
	opener opener
	create creator
}

// mostSafetensorsHeader is the longest header that the safetensors format allows.
const mostSafetensorsHeader = 100_000_000

// firstName is where the name of its first entry stands in a zip; nameLength is where its length does.
const (
	nameLength = 26
	firstName  = 30
)

// startLength is how many bytes the functions is of the table look at, and at all of the name of a zip's first entry.
const startLength = 1024

// table returns all formats, in the order in which they are tried. Safetensors is first: the length that begins such a file can look like the start of a
// pickle or a zip, but no model of those has a "{" where it is tested for.
func table() []format {
	return []format{
		{
			FormatInfo{Safetensors, `8 bytes that are the length of a header, then "{"`, []string{".safetensors"}, true},
			func(b []byte) bool {
				return len(b) > 8 && b[8] == '{' && binary.LittleEndian.Uint64(b) <= mostSafetensorsHeader
			},
			openerOf(func(f *safetensors.File) File { return safetensorsFile{f} }, safetensors.Open, safetensors.OpenFS, safetensors.NewReader),
			createSafetensors,
		},
		{
			FormatInfo{GGUF, `"GGUF"`, []string{".gguf"}, true},
			func(b []byte) bool { return bytes.HasPrefix(b, []byte("GGUF")) },
			openerOf(func(f *gguf.File) File { return ggufFile{f} }, gguf.Open, gguf.OpenFS, gguf.NewReader),
			createGGUF,
		},
		{
			FormatInfo{PyTorch, "a zip whose first entry is no .npy, or a pickle of protocol 2 to 5", []string{".pt", ".pth", ".bin"}, false},
			func(b []byte) bool {
				return isZip(b) && !isArrays(b) || len(b) > 1 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5
			},
			openerOf(func(f *torchfile.File) File { return torchFile{f} }, torchfile.Open, torchfile.OpenFS, torchfile.NewReader),
			createTorch,
		},
		{
			FormatInfo{NPZ, "a zip whose first entry is a .npy, or that has none", []string{".npz"}, false},
			isArrays,
			openerOf(func(f *npz.File) File { return npzFile{f, NPZ} }, npz.Open, npz.OpenFS, npz.NewReader),
			createNPZ,
		},
		{
			FormatInfo{NPY, `"\x93NUMPY"`, []string{".npy"}, false},
			func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x93NUMPY")) },
			openerOf(func(f *npz.File) File { return npzFile{f, NPY} }, npz.Open, npz.OpenFS, npz.NewReader),
			createNPY,
		},
	}
}

func isZip(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

// isArrays tells whether a zip is NumPy's, by the name of its first entry.
func isArrays(b []byte) bool {
	if bytes.HasPrefix(b, []byte("PK\x05\x06")) { // no entries: np.savez of nothing
		return true
	}
	end := nameEnd(b)
	return end > 0 && end <= len(b) && bytes.HasSuffix(b[firstName:end], []byte(".npy"))
}

// nameEnd returns where the name of a zip's first entry ends, and 0 for what is no zip.
func nameEnd(b []byte) int {
	if !isZip(b) || len(b) < firstName {
		return 0
	}
	return firstName + int(binary.LittleEndian.Uint16(b[nameLength:]))
}

// Formats lists the formats that are read and written.
func Formats() []FormatInfo {
	var infos []FormatInfo
	for _, f := range table() {
		infos = append(infos, f.FormatInfo)
	}
	return infos
}

// recognise returns the format of a file that begins so, and false when it is none of the table.
func recognise(start []byte) (format, bool) {
	all := table()
	i := slices.IndexFunc(all, func(f format) bool { return f.is(start) })
	if i < 0 {
		return format{}, false
	}
	return all[i], true
}

// UnknownFormatError says that a file is none that Heft knows.
type UnknownFormatError struct {
	File  string // empty when the data does not come from a file
	Start []byte // what it begins with
}

// Error lists what was looked for.
func (e *UnknownFormatError) Error() string {
	var b strings.Builder
	if e.File != "" {
		fmt.Fprintf(&b, "%q: ", e.File)
	}
	switch {
	case len(e.Start) == 0:
		b.WriteString("the file is empty; looked for")
	case len(e.Start) > 2 && e.Start[0] == 8 && e.Start[2] == 0x12: // version and producer, as protobuf writes a model of ONNX
		b.WriteString("it looks like a graph of ONNX, which Heft writes but does not read; looked for")
	default:
		fmt.Fprintf(&b, "no weight file that Heft knows: it begins with %q; looked for", e.Start[:min(len(e.Start), 16)])
	}
	for i, f := range table() {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s (%s)", f.Format, f.Recognised)
	}
	b.WriteString(" or the index of a model in many files (JSON with a weight_map)")
	return b.String()
}
