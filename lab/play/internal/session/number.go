package session

import (
	"math"
	"strconv"

	"github.com/heft-ml/heft/lab"
)

// Number is a float64 that JSON can carry whatever it is: NaN and infinities are strings that JavaScript's Number reads.
type Number float64

// MarshalJSON writes the shortest text that reads as the same number.
func (n Number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	switch {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

func finite(v float64) bool { return v-v == 0 }

// Histogram is [lab.Histogram] for the page.
type Histogram struct {
	Lo     Number `json:"lo"`
	Hi     Number `json:"hi"`
	Counts []int  `json:"counts"`
}

func histogramOf(h lab.Histogram) Histogram { return Histogram{Number(h.Lo), Number(h.Hi), h.Counts} }
