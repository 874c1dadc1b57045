package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/lab"
)

// Bound is what a number of a setup may be on the page, both ends included. Larger networks and longer runs would keep a
// browser busy for minutes; seeds end where JavaScript's numbers do.
type Bound struct {
	Name  string  `json:"name"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Whole bool    `json:"whole"`

	of func(lab.Setup) float64
}

// bounds has all numbers of a setup, by their names in JSON.
var bounds = []Bound{
	{"depth", 1, 50, true, func(s lab.Setup) float64 { return float64(s.Depth) }},
	{"width", 1, 128, true, func(s lab.Setup) float64 { return float64(s.Width) }},
	{"lr", 1e-9, 1e9, false, func(s lab.Setup) float64 { return s.LR }},
	{"momentum", 0, 0.9999, false, func(s lab.Setup) float64 { return s.Momentum }},
	{"batch", 1, 256, true, func(s lab.Setup) float64 { return float64(s.Batch) }},
	{"steps", 1, 100_000, true, func(s lab.Setup) float64 { return float64(s.Steps) }},
	{"seed", 0, 1<<53 - 1, true, func(s lab.Setup) float64 { return float64(s.Seed) }},
}

// plain writes a number without an exponent.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// check adds the page's own bounds to those of [lab.Setup.Check].
func check(s lab.Setup) error {
	for _, b := range bounds {
		if v := b.of(s); !(v >= b.Lo && v <= b.Hi) {
			return fmt.Errorf("%s is %s, but must be from %s to %s", b.Name, plain(v), plain(b.Lo), plain(b.Hi))
		}
	}
	if s.Data != OwnData && !slices.Contains(dataNames(), s.Data) {
		return fmt.Errorf("data is %q, but must be one of %s", s.Data, strings.Join(dataNames(), ", "))
	}
	return s.Check()
}
