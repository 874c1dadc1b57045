package data_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
)

func TestTheEmbeddedTextIsWhole(t *testing.T) {
	t.Parallel()
	text := data.Opticks()
	assert.Len(t, text, 567198)
	assert.True(t, utf8.ValidString(text))
	assert.True(t, strings.Contains(text, "By the Rays of Light I understand its least Parts"))
}

func TestATextIsDividedByCharacters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte("\uFEFFäöüäöüäö€x"), 0o666))
	p, err := data.LoadText(data.Spec{Name: "text:" + path, Tokenizer: "chars", Validation: 0.2})
	require.NoError(t, err)
	assert.Equal(t, "äöüäöüäö", string(p.Tokenizer.Decode(p.Train.IDs)))
	assert.Equal(t, "€x", string(p.Tokenizer.Decode(p.Validation.IDs)), "characters of the held-out part have ids too")
	assert.Equal(t, 8, p.Train.Characters)
	assert.Equal(t, 2, p.Validation.Characters)
	assert.Equal(t, path+"/validation", p.Validation.Name)
}

func TestBytePairsAreLearnedFromTheTrainingPart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("ab", 60)+strings.Repeat("xy", 40)), 0o666))
	p, err := data.LoadText(data.Spec{Name: "text:" + path, Tokenizer: "bpe:300", Validation: 0.4})
	require.NoError(t, err)
	assert.Less(t, len(p.Train.IDs), 60)
	assert.Len(t, p.Validation.IDs, 80)
	assert.Equal(t, strings.Repeat("xy", 40), string(p.Tokenizer.Decode(p.Validation.IDs)))
}

func TestTextsAreLookedForInTheFolderOfData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("some text"), 0o666))
	p, err := data.LoadText(data.Spec{Name: "text:a.txt", Tokenizer: "chars", Validation: 0.2}, data.Dir(dir))
	require.NoError(t, err)
	assert.Len(t, p.Train.IDs, 7)
}

func TestReadTextSaysWhereATextIsNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                    "a.txt: the text is empty",
		"\uFEFF":              "a.txt: the text is empty",
		"ab\näö\xffc":         "a.txt: line 2, column 3: byte 0xff is not text in UTF-8: save the file in this encoding",
		"\xe2\x82":            "a.txt: line 1, column 1: byte 0xe2 is not text in UTF-8: save the file in this encoding",
		"\n\n\xc0\x80":        "a.txt: line 3, column 1: byte 0xc0 is not text in UTF-8: save the file in this encoding",
		"\uFFFD\xed\xa0\x80x": "a.txt: line 1, column 2: byte 0xed is not text in UTF-8: save the file in this encoding",
	} {
		_, err := data.ReadText("a.txt", strings.NewReader(text))
		assert.EqualError(t, err, want, "%q", text)
	}
}

func TestSettingsOfTextsAreChecked(t *testing.T) {
	t.Parallel()
	good := data.Spec{Name: "text", Tokenizer: "chars", Validation: 0.1}
	require.NoError(t, good.Check())
	for want, change := range map[string]func(s *data.Spec){
		`data set "text:" names no file: write text:PATH, as in text:novel.txt, or text alone`: func(s *data.Spec) { s.Name = "text:" },
		`validation is 0, but a text is scored on a part that is held out: use 0.1, say`:       func(s *data.Spec) { s.Validation = 0 },
		`validation is 0.95, but must be 0 or from 0.001 to 0.9`:                               func(s *data.Spec) { s.Validation = 0.95 },
		`no tokenizer is called "words": use chars or bpe:SIZE, as in bpe:1024`:                func(s *data.Spec) { s.Tokenizer = "words" },
		`target is a setting of csv:PATH: data set "text" takes none`:                          func(s *data.Spec) { s.Target = "x" },
		`tokenizer is a setting of text or text:PATH: data set "moons" takes none`:             func(s *data.Spec) { s.Name = "moons" },
	} {
		s := good
		change(&s)
		assert.EqualError(t, s.Check(), want)
		_, err := data.LoadText(s)
		assert.EqualError(t, err, want)
	}
	_, err := data.Load(good)
	assert.EqualError(t, err, `data set "text" is a text, which has no samples of a class or a number`)
	_, err = data.LoadText(data.Spec{Name: "digits", Test: 0.2})
	assert.EqualError(t, err, `data set "digits" is no text: use text or text:PATH`)
	_, err = data.LoadText(data.Spec{Name: "text:missing.txt", Tokenizer: "chars", Validation: 0.1})
	assert.ErrorContains(t, err, "missing.txt")
}

func FuzzReadText(f *testing.F) {
	for _, text := range []string{"", "text\n", "\uFEFFa", "\xff", "a\n\xe2\x82"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := data.ReadText("a.txt", strings.NewReader(text))
		if err == nil {
			require.True(t, utf8.ValidString(read) && read != "")
			require.Equal(t, strings.TrimPrefix(text, "\uFEFF"), read)
		}
	})
}
