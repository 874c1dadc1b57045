package figure

import (
	"math"
	"strconv"
	"strings"
)

// Number writes a number for people: three significant digits, and powers of ten as in 1.23·10⁻⁵.
func Number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "−∞"
	case v == 0:
		return "0"
	}
	mantissa, exponent := parts(v)
	if exponent >= -3 && exponent < 4 {
		return minus(strconv.FormatFloat(v, 'f', max(0, 2-exponent), 64))
	}
	return minus(strconv.FormatFloat(mantissa, 'f', 2, 64)) + "·" + PowerOfTen(exponent)
}

// parts cuts a number into its mantissa, rounded to three digits and from 1 to below 10, and its exponent.
func parts(v float64) (mantissa float64, exponent int) {
	text := strconv.FormatFloat(v, 'e', 2, 64)
	m, e, _ := strings.Cut(text, "e")
	mantissa, _ = strconv.ParseFloat(m, 64)
	exponent, _ = strconv.Atoi(e)
	return mantissa, exponent
}

// Percent writes a share for people: 0%, 0.4%, 37%, 100%. Only all is 100% and only nothing is 0%.
func Percent(share float64) string {
	p := 100 * share
	switch {
	case p != p:
		return "NaN"
	case p == 0 || p == 100:
		return strconv.Itoa(int(p)) + "%"
	case p < 0.1:
		return "<0.1%"
	case p < 1:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	case p > 99 && p < 100:
		return strconv.FormatFloat(math.Min(p, 99.9), 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "%"
}

var superscripts = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// PowerOfTen writes 10 to an exponent: 10⁻⁵.
func PowerOfTen(exponent int) string { return "10" + superscripts.Replace(strconv.Itoa(exponent)) }

// minus is as long as a digit, unlike a hyphen.
func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

// short writes a tick: as few digits as tell it from its neighbours, a step apart.
func short(v, step float64) string {
	if v == 0 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e5 || a < 1e-3 {
		return Number(v)
	}
	digits := 0
	for s := step; digits < 6 && math.Abs(s-math.Round(s)) > 1e-9*math.Abs(s); s *= 10 {
		digits++
	}
	return minus(strconv.FormatFloat(v, 'f', digits, 64))
}
