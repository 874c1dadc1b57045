package initializer

import "slices"

// Part is what a weight is for, where a scheme may treat it apart.
type Part uint8

// The parts of a network that have names of their own.
const (
	Plain Part = iota // any other weight
	Query             // makes the queries of attention
	Key               // makes the keys
	Value             // makes the values
	Head              // makes the output of the network: logits, or the numbers of a regression
)

// is tells whether the weight has such a part.
func (p *Param) is(part Part) bool { return slices.Contains(p.Parts, part) }

// eachPart calls f for every matrix along the first axis, with its rows.
func (p *Param) eachPart(dst []float32, f func(part Part, rows []float32)) {
	if len(p.Parts) < 2 {
		part := Plain
		if len(p.Parts) == 1 {
			part = p.Parts[0]
		}
		f(part, dst)
		return
	}
	n := len(p.Parts)
	if len(p.Shape) == 0 || p.Shape[0]%n != 0 {
		p.fail("its %d parts do not divide the first axis of shape %v", n, p.Shape)
	}
	for i, part := range p.Parts {
		f(part, dst[i*len(dst)/n:(i+1)*len(dst)/n])
	}
}

// kernel is how each part of a weight lies in memory: [rows, cols, taps]. A matrix has one tap, a convolution one for
// each place of its kernel.
type kernel struct {
	rows, cols, taps int
	centre           int // the tap in the middle, the later one of two
}

// needTwoAxes refuses vectors.
func (p *Param) needTwoAxes() {
	if len(p.Shape) < 2 {
		p.fail("the scheme needs two axes or more, not shape %v", p.Shape)
	}
}

// kernel returns the layout of each part, of a parameter with two axes or more.
func (p *Param) kernel() kernel {
	p.needTwoAxes()
	k := kernel{rows: p.Shape[0] / max(1, len(p.Parts)), cols: p.Shape[1], taps: 1}
	for _, d := range p.Shape[2:] {
		k.taps *= d
		k.centre = k.centre*d + d/2
	}
	return k
}

// at returns the place of the middle tap from column to row in a part.
func (k kernel) at(row, col int) int { return (row*k.cols+col)*k.taps + k.centre }
