package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Number is a float64 that JSON can always hold: as the shortest text that reads back as the same value, and as null when
// it is NaN or infinite. Null reads back as NaN.
type Number float64

// MarshalJSON writes the number.
func (n Number) MarshalJSON() ([]byte, error) {
	if v := float64(n); finite(v) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads a number or null.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(n))
}

// WriteJSON writes the whole report as one JSON object on a line of its own. What a terminal could take for a command is
// escaped, so the text is safe to print.
func (r *Report) WriteJSON(w io.Writer) error { return writeJSON(w, r) }

// writeJSON writes a value as one line in which what a terminal could take for a command is escaped.
func writeJSON(w io.Writer, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(append(escapeJSON(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), '\n'))
	return err
}

// escapeJSON writes the characters that do not print, such as DEL, the C1 controls and those that turn the direction of
// text, as JSON escapes. In JSON text they stand in strings only.
func escapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		switch {
		case strconv.IsPrint(c):
			out = append(out, text[:size]...)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
		text = text[size:]
	}
	return out
}
