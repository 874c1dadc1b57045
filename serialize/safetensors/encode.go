package safetensors

import (
	"strconv"
	"unicode/utf8"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/fault"
)

// alignment is what the header is padded to, so that data begins at a multiple of the widest dtype.
const alignment = 8

// appendHeader appends the header of a file with these tensors, which have been checked, in the order of their data. A nil metadata is left out.
func appendHeader(b []byte, infos []dtype.Info, o options) ([]byte, error) {
	b = append(b, '{')
	if o.metadata != nil {
		b = appendQuoted(b, metadataName)
		b = append(b, ':')
		var err error
		if b, err = appendMetadata(b, o.metadata, o.order); err != nil {
			return nil, err
		}
	}
	begins := make([]int64, len(infos)+1)
	for i, t := range infos {
		begins[i+1] = begins[i] + t.Bytes
	}
	for i, place := range o.order.described(infos) {
		if i > 0 || o.metadata != nil {
			b = append(b, ',')
		}
		b = appendInfo(b, infos[place], begins[place], begins[place+1])
	}
	b = append(b, '}')
	for len(b)%alignment != 0 {
		b = append(b, ' ')
	}
	if len(b) > maxHeader {
		return nil, broken(HeaderTooLarge, "", "%s bytes of names and metadata, at most %s are allowed", fault.Grouped(uint64(len(b))), fault.Grouped(maxHeader))
	}
	return b, nil
}

func appendMetadata(b []byte, metadata map[string]string, o order) ([]byte, error) {
	b = append(b, '{')
	for i, key := range o.sortKeys(metadata) {
		value := metadata[key]
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return nil, broken(InvalidName, "", "metadata %.100q is not UTF-8", key)
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, key)
		b = append(b, ':')
		b = appendQuoted(b, value)
	}
	return append(b, '}'), nil
}

func appendInfo(b []byte, t dtype.Info, begin, end int64) []byte {
	b = appendQuoted(b, t.Name)
	b = append(b, `:{"dtype":`...)
	b = appendQuoted(b, t.Type)
	b = append(b, `,"shape":[`...)
	for i, n := range t.Shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	b = append(b, `],"data_offsets":[`...)
	b = strconv.AppendInt(b, begin, 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, end, 10)
	return append(b, `]}`...)
}

// appendQuoted appends text as a JSON string, escaping only what must be, as serde_json does: encoding/json escapes more.
func appendQuoted(b []byte, text string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	plain := 0
	for i := range len(text) {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, text[plain:i]...)
		plain = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&0xf])
		}
	}
	b = append(b, text[plain:]...)
	return append(b, '"')
}
