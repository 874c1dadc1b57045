package data

import (
	"bufio"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

const (
	digitSide    = 8                     // pixels along each side of an image
	digitPixels  = digitSide * digitSide // row by row
	digitClasses = 10
	digitInk     = 16 // the largest value of a pixel: how many of the 4 by 4 dots under it are black
)

// digitsFile is described, with its licence, in digits/README.md.
//
//go:embed digits/digits.csv.gz
var digitsFile string

// Digits returns 1,797 handwritten digits as 8 by 8 images, divided into 1,438 to train with and 359 to test with.
//
// The data are the test part of the UCI set Optical Recognition of Handwritten Digits, written by 13 people
// (E. Alpaydin and C. Kaynak, 1998, doi:10.24432/C50P49, CC BY 4.0). The original pixels, 0 to 16, are divided
// by 16, which float32 holds exactly. The label is the digit.
//
// The division is called "digits/v1" and never changes. Tested is a fifth: of each digit the samples that come first
// by the SHA-256 of "digits/v1:ROW", as many as [Set.Split] would put into a first part. Both parts keep the order of
// the file. There is no division by writer, as the file does not tell who wrote what.
//
// X: [n, 64]
func Digits() (train, test *Set) {
	d := digits()
	return d.all.Subset("digits/v1/train", d.train), d.all.Subset("digits/v1/test", d.test)
}

// DigitsFull returns the digits of [Digits] as one set, for cross-validation with [Set.KFold].
//
// X: [1797, 64]
func DigitsFull() *Set {
	all := digits().all
	return all.Subset(all.Name, all.rows())
}

type dividedDigits struct {
	all         *Set
	train, test []int
}

// digits decodes the embedded file once. What it returns is shared and stays inside the package.
var digits = sync.OnceValue(func() dividedDigits {
	all, err := openDigits(strings.NewReader(digitsFile))
	if err != nil {
		panic(fmt.Errorf("data: embedded digits: %w", err))
	}
	d := dividedDigits{all: all}
	d.test, d.train = divide(all.strata(), 0.2, "digits/v1")
	return d
})

// openDigits reads a compressed file of digits.
func openDigits(compressed io.Reader) (*Set, error) {
	plain, err := gzip.NewReader(compressed)
	if err != nil {
		return nil, err
	}
	return readDigits(plain)
}

// readDigits reads lines of 64 pixels and a label, separated by commas.
func readDigits(file io.Reader) (*Set, error) {
	var x []float32
	var y []int32
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		n := len(y)
		var err error
		if x, y, err = appendDigit(x, y, lines.Text()); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("after line %d: %w", len(y), err)
	}
	s, err := NewFromFloats("digits", x, len(y), digitPixels, y, numbered("", digitClasses))
	if err != nil {
		return nil, err
	}
	s.Source = "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, " +
		"UCI Machine Learning Repository, 1998, doi:10.24432/C50P49"
	s.License = "CC BY 4.0"
	return s, nil
}

// appendDigit adds the pixels and the label of one line to x and y.
func appendDigit(x []float32, y []int32, line string) ([]float32, []int32, error) {
	column := 0
	for field := range strings.SplitSeq(line, ",") {
		limit := digitInk
		if column == digitPixels {
			limit = digitClasses - 1
		}
		v, err := strconv.Atoi(field)
		switch {
		case column > digitPixels:
			return nil, nil, fmt.Errorf("more than %d columns", digitPixels+1)
		case err != nil || v < 0 || v > limit:
			return nil, nil, fmt.Errorf("column %d is %.20q: want a whole number from 0 to %d", column+1, field, limit)
		case column < digitPixels:
			x = append(x, float32(v)/digitInk)
		default:
			y = append(y, int32(v))
		}
		column++
	}
	if column <= digitPixels {
		return nil, nil, fmt.Errorf("%d columns: want %d", column, digitPixels+1)
	}
	return x, y, nil
}

// numbered returns the names prefix0, prefix1 and so on.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + strconv.Itoa(i)
	}
	return names
}
