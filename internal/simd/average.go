package simd

// Lerp moves the average m by a share of the way to x: m = m + share (x - m).
func Lerp(m, x []float32, share float32) {
	if lerpKernel(m, x, share) {
		return
	}
	x = x[:len(m)]
	for i := range m {
		m[i] += float32(share * (x[i] - m[i]))
	}
}

// MuonLook moves Muon's momentum m by the gradient and writes where it leads, with Nesterov's look ahead. rest is
// 1 - momentum, not rounded before the difference is taken:
//
//	d = scale g
//	m = m + rest (d - m);  ahead = d + momentum (m - d)
func MuonLook(ahead, g, m []float32, scale, rest, momentum float32) {
	if muonLookKernel(ahead, g, m, scale, rest, momentum) {
		return
	}
	g, m = g[:len(ahead)], m[:len(ahead)]
	for i := range ahead {
		d := float32(scale * g[i])
		m[i] += float32(rest * (d - m[i]))
		ahead[i] = d + float32(momentum*(m[i]-d))
	}
}
