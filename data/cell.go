package data

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxNumber bounds the numbers of a table. float32 holds no larger ones, and their squares are far within float64.
const maxNumber = math.MaxFloat32

// absent are the texts, in lower case, that stand for a missing number in files of other programs.
var absent = []string{"", "na", "n/a", "nan", "null", "none", "?", "-", "."}

// cellClass is what the text of one cell is.
type cellClass int

const (
	missingCell   cellClass = iota // nothing, or a text of absent
	numberCell                     // a number that can be used
	misfitCell                     // meant as a number: infinite, too large, or with separators
	characterCell                  // any other text
)

// classify tells what a cell is.
func classify(cell string) cellClass {
	if _, ok := number(cell); ok {
		return numberCell
	}
	if len(cell) <= 4 && slices.Contains(absent, strings.ToLower(cell)) {
		return missingCell
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(cell, ",", ""), 64) // understands Infinity
	if err == nil || errors.Is(err, strconv.ErrRange) {
		return misfitCell
	}
	return characterCell
}

// number reads a decimal number such as 3, -0.5 or 1e-3.
func number(cell string) (v float64, ok bool) {
	for _, c := range []byte(cell) {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false // among others what only Go reads as a number: 0x1p4
		}
	}
	v, err := strconv.ParseFloat(cell, 64)
	return v, err == nil && math.Abs(v) <= maxNumber
}

// canonical returns the shortest decimal text of a number, without an exponent, so that 1, 1.0 and 1e0 are one class.
func canonical(v float64) string {
	if v == 0 {
		return "0" // -0 as well
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
