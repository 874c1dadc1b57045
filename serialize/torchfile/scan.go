package torchfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
)

// Global is a mention of a Python name in a pickle.
type Global struct {
	Module, Name string // as the pickle spells them; "?" where it computes them in a way that cannot be followed
	Entry        string // of the zip, or empty for a file that is pickles itself
	Offset       int64  // of the instruction, in the entry or file
	Verdict      Verdict
}

// Report is what a file mentions. A scanner can be led astray, so that a report without findings is no promise for other readers; [Open] does not
// depend on it, for it builds nothing that is not on its own short list.
type Report struct {
	Globals  []Global // every mention, in the order of the file
	Problems []string // what could not be looked at, or is odd in itself: data after a pickle's end, an archive in the archive
	Refusal  error    // why Open refuses the file; nil when it reads it
}

// Worst returns the worst verdict of the report's globals.
func (r *Report) Worst() Verdict {
	worst := Innocuous
	for _, g := range r.Globals {
		worst = max(worst, g.Verdict)
	}
	return worst
}

// Scan lists the Python names that the pickles of a file mention, without building anything: in every entry of a zip whatever its name, in pickles that
// follow one another, and up to the byte where one breaks. The error is one of the system.
func Scan(path string) (*Report, error) {
	source, err := mapped.Open(path)
	if err != nil {
		return nil, inFile("scan", path, err)
	}
	defer func() { _ = source.Close() }() // nothing was written
	r, err := scan(source)
	return r, inFile("scan", path, err)
}

func scan(source *mapped.Source) (*Report, error) {
	r := &Report{}
	if _, r.Refusal = newFile(source); r.Refusal != nil && !errors.As(r.Refusal, new(*FormatError)) {
		return nil, r.Refusal
	}
	start := make([]byte, min(source.Size(), 4))
	if n, err := source.ReadAt(start, 0); n < len(start) {
		return nil, err
	}
	if bytes.Equal(start, []byte("PK\x03\x04")) {
		r.scanZip(source)
		return r, nil
	}
	return r, r.scanPickles(source, mostPickle)
}

// legacyPickles is how many pickles a legacy file begins with.
const legacyPickles = 5

// scanPickles traces the pickles that a file consists of, and reads no more of it at once than the longest one takes. What follows them in a file that Open
// reads is storages, all accounted for. It begins with none after so many bytes: what pickles mention takes more memory than they do.
func (r *Report) scanPickles(source *mapped.Source, most int64) error {
	left := math.MaxInt // pickles
	if r.Refusal == nil {
		left = legacyPickles
	}
	begin, window := int64(0), int64(firstWindow)
	for left > 0 && begin < source.Size() {
		if begin >= most {
			r.problem("", "the pickles before byte %s are so large together that it and what follows it are not scanned", fault.Grouped(uint64(begin)))
			return nil
		}
		n := min(window, source.Size()-begin, mostPickle)
		text, err := textAt(source, begin, n)
		if err != nil {
			return err
		}
		window *= 4
		for pos := 0; left > 0 && pos < len(text) && begin < most; left-- {
			if _, err := pickleEnd(text[pos:]); errors.Is(err, Truncated) && int64(len(text)-pos) < min(source.Size()-begin, mostPickle) {
				break // more of it is in the file
			}
			length := r.pickle("", text[pos:], begin)
			if length == 0 {
				return nil
			}
			pos, begin, window = pos+length, begin+int64(length), firstWindow
		}
	}
	return nil
}

// textAt reads n bytes as a text, which is the only copy of them.
func textAt(source *mapped.Source, offset, n int64) (string, error) {
	var text strings.Builder
	text.Grow(int(n))
	_, err := io.CopyN(&text, io.NewSectionReader(source, offset, n), n)
	return text.String(), err
}

func (r *Report) problem(entry, format string, args ...any) {
	p := fmt.Sprintf(format, args...)
	if entry != "" {
		p = fmt.Sprintf("%.100q: ", entry) + p
	}
	r.Problems = append(r.Problems, p)
}

// stream traces pickles that follow one another from a byte of an entry on, to the end of text or to where one cannot be followed.
func (r *Report) stream(entry, text string, begin int64) {
	for pos := 0; pos < len(text); {
		length := r.pickle(entry, text[pos:], begin+int64(pos))
		if length == 0 {
			return
		}
		pos += length
	}
}

// pickle traces the pickle that text begins with, at a byte of the entry or file, and returns its length; 0 when it cannot be followed.
func (r *Report) pickle(entry, text string, begin int64) int {
	t := tracer{lexer: lexer{text: text}, entry: entry, begin: begin}
	err := t.trace()
	r.Globals = append(r.Globals, t.found...)
	if err == nil {
		return t.pos
	}
	err = fault.Amend(err, func(e *FormatError) { e.Offset += begin })
	r.problem(entry, "the pickle that begins at byte %d cannot be followed to its end: %v", begin, err)
	return 0
}
