package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestEmbeddedDigitsAreTheDocumentedFile(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22", sha(digitsFile))
}

// All hashes were found by another program, from the file and the rules in the documentation.
func TestDigitsAndTheirDivisionNeverChange(t *testing.T) {
	t.Parallel()
	train, test := Digits()
	for _, c := range []struct {
		set                   *Set
		rows                  []int
		name                  string
		counts                []int
		rowsHash, contentHash string
	}{
		{train, digits().train, "digits/v1/train", []int{142, 146, 142, 146, 145, 146, 145, 143, 139, 144},
			"e8ff99403371c04fdf116600d8c7a8b4c0b6aad92ffeef6165870319f8590d4b",
			"87fc1ded7c9b9dfb8135cfffc60c900e448786f1fd9edff34ee37aae575701f7"},
		{test, digits().test, "digits/v1/test", []int{36, 36, 35, 37, 36, 36, 36, 36, 35, 36},
			"bb9690e0d6eb4bebc15c9ab53b01fd2ddbcb88032b3479a5eb7dd0c3c5328149",
			"73b4fd2a8fd4d1a61c03a7c4b707233e0681368c329bf4471efbb3fa61a88957"},
		{DigitsFull(), DigitsFull().rows(), "digits", []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180},
			"13d76b84edcbf2c2dcfe215b2082a3d40d298bfc9b1beb43c0e04e6004634b64",
			"683b21d8cdd14fec6ae82b0bee567ca9a35d9ecf28e1f7634c619d41a0e5acd3"},
	} {
		assert.Equal(t, c.name, c.set.Name)
		assert.Equal(t, c.counts, c.set.Counts())
		assert.Equal(t, c.rowsHash, sha(strings.ReplaceAll(strings.Trim(fmt.Sprint(c.rows), "[]"), " ", ",")))
		assert.Equal(t, c.contentHash, c.set.Hash())
		assert.Equal(t, []int{64}, c.set.SampleShape())
		assert.Equal(t, "CC BY 4.0", c.set.License)
		assert.Contains(t, c.set.Source, "Alpaydin")
		require.NoError(t, c.set.Validate())
	}
}

func TestFirstDigitIsAZero(t *testing.T) {
	t.Parallel()
	s := DigitsFull()
	assert.Equal(t, []float32{0, 0, 5. / 16, 13. / 16, 9. / 16, 1. / 16, 0, 0}, s.X.Data()[:8])
	assert.Equal(t, "0", s.Classes[s.Y.Data[0]])
}

func TestCallersCannotSpoilEachOthersDigits(t *testing.T) {
	t.Parallel()
	train, _ := Digits()
	full := DigitsFull()
	want, wantFull := train.Hash(), full.Hash()
	for _, s := range []*Set{train, full} {
		clear(s.X.Data())
		clear(s.Y.Data)
		s.Classes[3] = "spoiled"
	}
	again, _ := Digits()
	assert.Equal(t, want, again.Hash())
	assert.Equal(t, "3", again.Classes[3])
	assert.Equal(t, wantFull, DigitsFull().Hash())
}

func TestReadDigitsRefusesBrokenLines(t *testing.T) {
	t.Parallel()
	pixels := strings.Repeat("16,", 64)
	for _, c := range []struct{ line, want string }{
		{pixels + "10", `line 2: column 65 is "10": want a whole number from 0 to 9`},
		{pixels + "-1", `line 2: column 65 is "-1": want a whole number from 0 to 9`},
		{pixels + "3,3", `line 2: more than 65 columns`},
		{pixels, `line 2: column 65 is "": want a whole number from 0 to 9`},
		{pixels[3:] + "3", `line 2: 64 columns: want 65`},
		{"17," + pixels[3:] + "3", `line 2: column 1 is "17": want a whole number from 0 to 16`},
		{"0," + pixels[6:] + "1e0,3", `line 2: column 64 is "1e0": want a whole number from 0 to 16`},
		{strings.Repeat("\x1b", 1000), `line 2: column 1 is "` + strings.Repeat(`\x1b`, 20) + `": want a whole number from 0 to 16`},
		{"", `line 2: column 1 is "": want a whole number from 0 to 16`},
		{strings.Repeat("0", 1<<17), `after line 1: bufio.Scanner: token too long`},
	} {
		_, err := readDigits(strings.NewReader(pixels + "9\n" + c.line + "\n"))
		require.EqualError(t, err, c.want)
	}
}

func TestReadDigitsRefusesAnEmptyFile(t *testing.T) {
	t.Parallel()
	_, err := readDigits(strings.NewReader(""))
	require.ErrorContains(t, err, "at least one row")
}

func TestReadDigitsPassesReadErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is on fire")
	_, err := readDigits(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

func TestOpenDigitsRefusesDamagedFiles(t *testing.T) {
	t.Parallel()
	for _, cut := range []int{0, 1, 9, 1000, len(digitsFile) - 1} {
		_, err := openDigits(strings.NewReader(digitsFile[:cut]))
		require.Error(t, err, "cut to %d bytes", cut)
	}
	flipped := []byte(digitsFile)
	flipped[len(flipped)/2] ^= 1
	_, err := openDigits(bytes.NewReader(flipped))
	require.Error(t, err)
}

func FuzzReadDigits(f *testing.F) {
	line := strings.Repeat("0,16,", 32) + "9"
	for _, seed := range []string{"", "\n", line, line + "\n", line + "\r\n" + line, line + "\n\n" + line, line[:100], "a", strings.Repeat(",", 64)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := readDigits(strings.NewReader(text))
		if err != nil {
			require.Nil(t, s)
			return
		}
		require.NoError(t, s.Validate())
		require.Equal(t, strings.Count(strings.TrimSuffix(text, "\n"), "\n")+1, s.Len())
		for _, v := range s.X.Data() {
			require.True(t, 0 <= v && v <= 1 && v*16 == float32(int(v*16)), "pixel %v", v)
		}
	})
}
