package tensorboard

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// encode writes events as a file has them.
func encode(events []Event) (b []byte) {
	for _, e := range events {
		b = appendRecord(b, func(dst []byte) []byte { return appendEvent(dst, e) })
	}
	return b
}

// FuzzRead wants no panic for any bytes, as a file and, since no chance meets a checksum, as the payload of a record; and
// of what is read, a copy that reads the same.
func FuzzRead(f *testing.F) {
	w := create(f, f.TempDir())
	writeGolden(f, w)
	b := content(f, w)
	f.Add(b)
	f.Add(b[:len(b)-3])
	start := 0
	for _, end := range boundaries(b) {
		f.Add(b[start+headerSize : end-footerSize])
		start = end
	}
	f.Add(message(eventSummary, message(summaryValue, message(valueHisto, []byte{histoBucket<<3 | byte(fixed64), 0, 0, 0, 0, 0, 0, 0, 0}))))
	f.Add([]byte{0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, file := range [][]byte{b, record(b)} {
			events, err := read(bytes.NewReader(file))
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
			}
			again := encode(events)
			require.LessOrEqual(t, len(events), len(file)/2)
			require.Equal(t, again, encode(readAll(t, again))) // as bytes, since NaN differs from itself
		}
	})
}

// FuzzHistogram wants every histogram to be the plain one, and to survive the file.
func FuzzHistogram(f *testing.F) {
	f.Add([]byte{})
	f.Add(binary.LittleEndian.AppendUint32(nil, math.Float32bits(-1e-12)))
	f.Add([]byte("\x00\x00\x80\x7f\x00\x00\x80\xff\x00\x00\xc0\x7f\x01\x00\x00\x80\xff\xff\x7f\x7f"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var values []float32
		for ; len(b) >= 4; b = b[4:] {
			values = append(values, math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}
		checkHistogram(t, values)
		h := new(counter).count(values)
		got, err := decodeHistogram(h.append(nil))
		require.NoError(t, err)
		require.Equal(t, h, got)
	})
}
