package data

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCellsAreToldApart(t *testing.T) {
	t.Parallel()
	for class, cells := range map[cellClass][]string{
		missingCell: {"", "NA", "n/a", "NaN", "nan", "NULL", "None", "?", "-", "."},
		numberCell:  {"0", "-0", "3", "+3", "007", "-0.5", ".5", "5.", "1e3", "1E-3", "1e-400", "340282346638528859811704183484516925440", "-3.4e38"},
		misfitCell:  {"inf", "-Inf", "Infinity", "+infinity", "1e39", "-1e39", "1e999", "1,5", "1,234,567.8", "0,0", "1_000", "0x1p4"},
		characterCell: {"abc", "setosa", "e", "E5", "--1", "1-2", "1.2.3", "1 000", "5%", "$5", "2024-01-31", "0xFF", ",", "true",
			"not a number", "１２"},
	} {
		for _, cell := range cells {
			assert.Equal(t, class, classify(cell), "%q", cell)
		}
	}
}

func TestEqualNumbersHaveOneShortestText(t *testing.T) {
	t.Parallel()
	for want, cells := range map[string][]string{
		"0":         {"0", "-0", "0.0", "-0e5"},
		"1":         {"1", "1.0", "01", "+1", "1e0", "10e-1"},
		"-2.5":      {"-2.5", "-2.50"},
		"100000000": {"1e8", "100000000"},
	} {
		for _, cell := range cells {
			v, ok := number(cell)
			assert.True(t, ok)
			assert.Equal(t, want, canonical(v), "%q", cell)
		}
	}
}
