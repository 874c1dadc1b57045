package tokenizer

import (
	"fmt"
	"unicode/utf8"
)

// signs is the character that stands for each byte in a tokenizer.json, so that every token is readable text: bytes that
// are printable characters of Latin-1 stand for themselves, the others for those from U+0100 on, in order (GPT-2's
// bytes_to_unicode).
var signs, byteOfSign = makeSigns()

func makeSigns() (signs [256]rune, bytes map[rune]byte) {
	bytes = make(map[rune]byte, 256)
	next := rune(256)
	for b := range 256 {
		r := rune(b)
		if !(r >= '!' && r <= '~' || r >= '¡' && r <= '¬' || r >= '®' && r <= 'ÿ') {
			r = next
			next++
		}
		signs[b] = r
		bytes[r] = byte(b)
	}
	return signs, bytes
}

// Signs returns the text that stands for bytes, a character for each: see [Vocabulary].
func Signs(token []byte) string {
	text := make([]byte, 0, 2*len(token))
	for _, b := range token {
		text = utf8.AppendRune(text, signs[b])
	}
	return string(text)
}

// fromSigns returns the bytes that a text stands for.
func fromSigns(text string) ([]byte, error) {
	token := make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := byteOfSign[r]
		if !ok {
			return nil, fmt.Errorf("token %.40q has character %q, which stands for no byte", text, r)
		}
		token = append(token, b)
	}
	return token, nil
}
