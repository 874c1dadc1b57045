package tune

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// combinations lists every combination of the grid's values; the last setting changes fastest. Without a grid there is
// one: nothing.
func (s Space) combinations() [][]string {
	all := [][]string{{}}
	for _, c := range s.Grid {
		longer := make([][]string, 0, len(all)*len(c.Values))
		for _, values := range all {
			for _, v := range c.Values {
				longer = append(longer, append(values[:len(values):len(values)], v))
			}
		}
		all = longer
	}
	return all
}

// mostDraws is how often a draw may repeat another for each that is asked for.
const mostDraws = 100

// draws returns settings drawn at random, no two the same. What is drawn is fixed by a rule: draw number d, from 0, takes
// for each setting the point u in [0, 1) that [point] gives, from a list the value at u of its length, from a range the
// value at u between its ends on its scale. Draws that repeat an earlier one are passed over.
func (s Space) draws(seed uint64) ([][]string, error) {
	seen := map[string]bool{}
	var all [][]string
	for d := 0; len(all) < s.Random; d++ {
		if d == mostDraws*s.Random {
			return nil, fmt.Errorf("%d draws gave only %d different settings: ask for fewer, or for every combination of a grid", d, len(all))
		}
		values := s.draw(seed, d)
		if key := strings.Join(values, "\x00"); !seen[key] {
			seen[key] = true
			all = append(all, values)
		}
	}
	return all, nil
}

func (s Space) draw(seed uint64, d int) (values []string) {
	for _, c := range s.Grid {
		values = append(values, c.Values[int(point(seed, c.Name, d)*float64(len(c.Values)))])
	}
	for _, r := range s.Ranges {
		values = append(values, r.at(point(seed, r.Name, d)))
	}
	return values
}

// point is the first 53 bits of SHA-256 of "tune/SEED:DRAW:NAME", numbers in decimal, over 2^53.
func point(seed uint64, name string, d int) float64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "tune/%d:%d:%s", seed, d, name))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}

// at returns the value at u in [0, 1).
func (r Range) at(u float64) string {
	var v float64
	switch r.Scale {
	case Whole:
		v = min(r.Low+math.Floor(u*(r.High-r.Low+1)), r.High)
		return strconv.FormatFloat(v, 'f', -1, 64)
	case Log:
		v = math.Exp(math.Log(r.Low) + u*(math.Log(r.High)-math.Log(r.Low)))
	default:
		v = r.Low + u*(r.High-r.Low)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64) // what was just formatted
	return strconv.FormatFloat(min(max(rounded, r.Low), r.High), 'g', -1, 64)
}
