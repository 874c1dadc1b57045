package tokenizer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/tokenizer"
)

// speech is a text with repetitions, marks, numbers and characters of several bytes.
const speech = "the cat sat on the mat, the cat's mat;\n\n  it's 1984 and the 1985 cats\tsat – naïve, we'll say: ünïcödé 日本語!\n"

func TestCharactersHaveTheOrderOfTheirCodePoints(t *testing.T) {
	t.Parallel()
	c := tokenizer.NewChars("banana é\n")
	ids, err := c.Encode("\n abné")
	require.NoError(t, err)
	assert.Equal(t, []int32{0, 1, 2, 3, 4, 5}, ids)
	assert.Equal(t, 6, c.Len())
	assert.Equal(t, "\n abné", string(c.Decode(ids)))
}

func TestUnknownCharactersAreErrorsWithTheirPlace(t *testing.T) {
	t.Parallel()
	c := tokenizer.NewChars("ab\n")
	for text, want := range map[string]tokenizer.UnknownError{
		"ab\néx":         {Char: "é", Line: 2, Column: 1, Known: 3},
		"aé\x00":         {Char: "é", Line: 1, Column: 2, Known: 3},
		"a\x00":          {Char: "\x00", Line: 1, Column: 2, Known: 3},
		"b\n\nbb\xff":    {Char: "\xff", Line: 3, Column: 3, Known: 3},
		"a\uFFFD":        {Char: "\uFFFD", Line: 1, Column: 2, Known: 3},
		"aa\xe2\x82 b\n": {Char: "\xe2", Line: 1, Column: 3, Known: 3},
	} {
		_, err := c.Encode(text)
		var unknown *tokenizer.UnknownError
		require.ErrorAs(t, err, &unknown, "%q", text)
		assert.Equal(t, want, *unknown, "%q", text)
	}
	_, err := c.Encode("\x1b")
	assert.EqualError(t, err, `character "\x1b" at line 1, column 1 is not one of the 3 that the model was trained with: leave it out or write another`)
}

func TestAByteThatIsNoTextIsNotTheReplacementCharacter(t *testing.T) {
	t.Parallel()
	c := tokenizer.NewChars("a\uFFFD")
	ids, err := c.Encode("\uFFFDa")
	require.NoError(t, err)
	assert.Equal(t, []int32{1, 0}, ids)
	_, err = c.Encode("a\xff")
	assert.Error(t, err)
}

func TestTheMostFrequentPairIsMergedFirst(t *testing.T) {
	t.Parallel()
	b := tokenizer.TrainBPE("abab abab abab cd", 258)
	require.Equal(t, 258, b.Len())
	assert.Equal(t, "ab", string(b.Decode([]int32{256})), "six times")
	assert.Equal(t, "abab", string(b.Decode([]int32{257})), "three times, before two of \" abab\"")
	ids, err := b.Encode("ababab")
	require.NoError(t, err)
	assert.Equal(t, []int32{257, 256}, ids)
}

func TestOfEquallyFrequentPairsTheLowerGoesFirst(t *testing.T) {
	t.Parallel()
	b := tokenizer.TrainBPE("xy\nxy\nba\nba", 257)
	assert.Equal(t, "ba", string(b.Decode([]int32{256})))
}

func TestTrainingEndsWhenNoPairIsThereTwice(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 256, tokenizer.TrainBPE("abc", 300).Len())
	assert.Equal(t, 256, tokenizer.TrainBPE("", 300).Len())
	assert.Equal(t, "bpe:256", tokenizer.TrainBPE("", 300).String())
}

func TestSameTextSameVocabulary(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(speech, 3)
	var first bytes.Buffer
	require.NoError(t, tokenizer.Write(&first, tokenizer.TrainBPE(text, 320)))
	for range 5 {
		var again bytes.Buffer
		require.NoError(t, tokenizer.Write(&again, tokenizer.TrainBPE(text, 320)))
		require.Equal(t, first.String(), again.String())
	}
}

func TestALongPieceIsEncodedInTime(t *testing.T) {
	t.Parallel()
	b := tokenizer.TrainBPE(strings.Repeat("aaaa bbbb ", 9), 280)
	long := strings.Repeat("a", 1<<20) + "b"
	ids, err := b.Encode(long)
	require.NoError(t, err)
	assert.Less(t, len(ids), 1<<19)
	assert.Equal(t, long, string(b.Decode(ids)))
}

func TestKindsThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"":           `no tokenizer is called "": use chars or bpe:SIZE, as in bpe:1024`,
		"bpe":        `no tokenizer is called "bpe": use chars or bpe:SIZE, as in bpe:1024`,
		"words":      `no tokenizer is called "words": use chars or bpe:SIZE, as in bpe:1024`,
		"bpe:255":    `tokenizer "bpe:255": the size must be a whole number from 256 to 65536`,
		"bpe:1e3":    `tokenizer "bpe:1e3": the size must be a whole number from 256 to 65536`,
		"bpe:999999": `tokenizer "bpe:999999": the size must be a whole number from 256 to 65536`,
	} {
		assert.EqualError(t, tokenizer.Check(kind), want)
		_, err := tokenizer.Train(kind, "text")
		assert.EqualError(t, err, want)
	}
	require.NoError(t, tokenizer.Check("chars"))
	require.NoError(t, tokenizer.Check("bpe:1024"))
	_, err := tokenizer.Train("chars", "a\xff")
	assert.EqualError(t, err, "the text is not UTF-8, which characters need")
	assert.Panics(t, func() { tokenizer.TrainBPE("text", 10) })
}

func FuzzBPEGivesBytesBack(f *testing.F) {
	b := tokenizer.TrainBPE(strings.Repeat(speech, 3), 300)
	for _, text := range []string{"", speech, " ", "  a", "\xff\xfe", "it's 12", "\n \n", "\u00a0x", "日本 語", "'"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids, err := b.Encode(text)
		require.NoError(t, err)
		require.Equal(t, text, string(b.Decode(ids)))
	})
}
