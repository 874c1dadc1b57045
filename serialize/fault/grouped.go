package fault

import "strconv"

// Grouped writes n with a comma between groups of three digits, as sizes of files read best.
func Grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
