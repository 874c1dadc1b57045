package figure

import "math"

// Axis says how numbers are laid out along a side.
type Axis struct {
	Label string // with its unit
	Log   bool   // numbers at 0 and below then have a lane of their own
	Whole bool   // only whole numbers are marked
	Lo    float64
	Hi    float64 // with Lo: the ends, unless both are 0; then they follow the data
	Over  string  // name of the lane for what is not finite or above Hi; "" is ∞
}

// lane is how high the lanes at the ends of an axis are.
const lane = 20

// scale places numbers between two ends in pixels.
type scale struct {
	axis       Axis
	lo, hi     float64 // logarithms if the axis has them
	from, to   float64 // pixels of lo and hi
	zero, over bool    // there are lanes
	zeroAt     float64 // pixels
	overAt     float64
}

// newScale returns the scale that shows all values between two places.
func newScale(a Axis, values []float64, from, to float64) scale {
	s := scale{axis: a, lo: math.Inf(1), hi: math.Inf(-1)}
	fixed := a.Lo != 0 || a.Hi != 0
	for _, v := range values {
		switch {
		case v-v != 0 || fixed && v > a.Hi:
			s.over = true
		case a.Log && v <= 0:
			s.zero = true
		default:
			s.lo, s.hi = min(s.lo, v), max(s.hi, v)
		}
	}
	if s.lo > s.hi { // nothing to show but lanes
		s.lo, s.hi = 0.1, 10
	}
	if fixed {
		s.lo, s.hi = a.Lo, a.Hi
	}
	if a.Log {
		s.lo, s.hi = math.Log10(s.lo), math.Log10(s.hi)
	}
	if s.hi-s.lo < 1e-12*math.Max(math.Abs(s.lo), math.Abs(s.hi)) || s.hi == s.lo {
		s.lo, s.hi = s.lo-0.5, s.hi+0.5
	} else if !fixed && !a.Whole {
		pad := 0.04 * (s.hi - s.lo)
		s.lo, s.hi = s.lo-pad, s.hi+pad
	}
	direction := math.Copysign(lane, to-from)
	s.from, s.to = from, to
	s.zeroAt, s.overAt = from+direction/2, to-direction/2
	if s.zero {
		s.from += direction
	}
	if s.over {
		s.to -= direction
	}
	return s
}

// at returns where a number lies.
func (s scale) at(v float64) float64 {
	if v-v != 0 || s.over && s.axis.Hi != 0 && v > s.axis.Hi {
		return s.overAt
	}
	if s.axis.Log {
		if v <= 0 {
			return s.zeroAt
		}
		v = math.Log10(v)
	}
	return s.from + (s.to-s.from)*(v-s.lo)/(s.hi-s.lo)
}

// tick is a marked number.
type tick struct {
	at   float64 // pixels
	text string
}

// ticks marks about so many numbers, lanes apart.
func (s scale) ticks(about int) []tick {
	var ticks []tick
	if s.axis.Log && s.hi-s.lo > 1.2 {
		step := int(math.Max(1, math.Ceil((s.hi-s.lo)/float64(about))))
		for e := int(math.Ceil(s.lo)); float64(e) <= s.hi; e++ {
			if e%step == 0 {
				ticks = append(ticks, tick{s.at(math.Pow(10, float64(e))), PowerOfTen(e)})
			}
		}
		if len(ticks) > 2 || step > 1 && len(ticks) > 1 {
			return ticks
		}
		return s.between()
	}
	lo, hi := s.lo, s.hi
	if s.axis.Log {
		lo, hi = math.Pow(10, lo), math.Pow(10, hi)
	}
	for more := 1; more <= 4 && len(ticks) < 2; more *= 2 { // a single mark says nothing of the distances
		ticks = s.even(lo, hi, niceStep((hi-lo)/float64(more*about)))
	}
	return ticks
}

// even marks the multiples of a step.
func (s scale) even(lo, hi, step float64) (ticks []tick) {
	if s.axis.Whole {
		step = math.Max(1, step)
	}
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		if v := k * step; !s.axis.Log || v > 0 {
			ticks = append(ticks, tick{s.at(v), short(v, step)})
		}
	}
	return ticks
}

// between marks 1, 2 and 5 times powers of ten on a logarithmic axis that has two powers of ten at most.
func (s scale) between() (ticks []tick) {
	for e := math.Floor(s.lo); e <= s.hi; e++ {
		for _, m := range []float64{1, 2, 5} {
			v := m * math.Pow(10, e)
			if at := math.Log10(v); at >= s.lo && at <= s.hi {
				ticks = append(ticks, tick{s.at(v), short(v, v)})
			}
		}
	}
	return ticks
}

// niceStep rounds up to 1, 2 or 5 times a power of ten.
func niceStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= step*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}
