package tokenizer

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Tokenizer makes ids of text and text of ids. It is a [*Chars] or a [*BPE].
type Tokenizer interface {
	// Encode returns the ids of a text. The error of [Chars] is an [*UnknownError]; [BPE] has none.
	Encode(text string) ([]int32, error)
	// Decode returns the bytes that ids stand for. A token of [BPE] may be a part of a character only. Ids that are not
	// from 0 to below Len panic.
	Decode(ids []int32) []byte
	// Len returns how many ids there are.
	Len() int
	// String returns the kind, as [Train] reads it.
	String() string
}

// Sizes of a vocabulary that Train makes.
const (
	bytesOfAlphabet = 256
	maxVocabulary   = 1 << 16
)

// Names lists what [Train] and [Check] read.
func Names() []string { return []string{"chars", "bpe:SIZE"} }

// Check returns an error that says why a kind cannot be used, and what can.
func Check(kind string) error {
	_, err := parse(kind)
	return err
}

// parse returns the size of the vocabulary of byte pairs, or 0 for characters.
func parse(kind string) (size int, err error) {
	if kind == "chars" {
		return 0, nil
	}
	name, number, given := strings.Cut(kind, ":")
	if name != "bpe" || !given {
		return 0, fmt.Errorf("no tokenizer is called %.40q: use chars or bpe:SIZE, as in bpe:1024", kind)
	}
	size, err = strconv.Atoi(number)
	if err != nil || size < bytesOfAlphabet || size > maxVocabulary {
		return 0, fmt.Errorf("tokenizer %.40q: the size must be a whole number from %d to %d", kind, bytesOfAlphabet, maxVocabulary)
	}
	return size, nil
}

// Train makes a tokenizer for a text: "chars" as [NewChars], "bpe:SIZE" as [TrainBPE]. The error is that of [Check], or says
// that the text is no UTF-8.
func Train(kind, text string) (Tokenizer, error) {
	size, err := parse(kind)
	switch {
	case err != nil:
		return nil, err
	case size > 0:
		return TrainBPE(text, size), nil
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("the text is not UTF-8, which characters need")
	}
	return NewChars(text), nil
}
