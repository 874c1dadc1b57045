package initializer

// What schemes for deep networks share: they tell the weights of residual branches from all others.

// endsBranch tells whether a weight is the last one of a residual branch.
func (p *Param) endsBranch() bool { return p.Kind == Weight && p.Residual }

// scaleBranch multiplies a weight in a residual branch by a factor: all of it that the branch's output grows with, so not
// the queries and keys, which choose between values only.
func (p *Param) scaleBranch(dst []float32, by float64) {
	if p.Kind != Weight || p.Depth == 0 {
		return
	}
	p.eachPart(dst, func(part Part, rows []float32) {
		if part == Query || part == Key {
			return
		}
		for i, v := range rows {
			rows[i] = float32(by * float64(v))
		}
	})
}
