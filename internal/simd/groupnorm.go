package simd

// GroupNormBackward computes the gradient of [NormalizeChannels] for x [n, c, inner] whose channels share mean and rstd in
// groups of so many neighbours, from what [ChannelSums] gives for each sample's channels. It computes the groups [lo, hi)
// of all samples'. With m elements a group, and sums over its channels:
//
//	dx = rstd * (dy * gain - Σ gain total / m - h * Σ gain product / m) + beta * dx, h = (x - mean) * rstd
//
//	mean, rstd, total, product [n*c], gain [c] or nil, which stands for ones
func GroupNormBackward[T Float](dx []T, beta T, dy, x []T, mean, rstd []float64, gain []T, total, product []float64, together, inner, lo, hi int) {
	m := float64(together * inner)
	for first := lo * together; first < hi*together; first += together {
		var meanG, meanGH float64
		for j := first; j < first+together; j++ {
			meanG += float64(gainOf(gain, j) * total[j])
			meanGH += float64(gainOf(gain, j) * product[j])
		}
		meanG, meanGH = meanG/m, meanGH/m
		mu, s := mean[first], rstd[first]
		for j := first; j < first+together; j++ {
			g := gainOf(gain, j)
			for at := j * inner; at < (j+1)*inner; at++ {
				h := (float64(x[at]) - mu) * s
				put(dx, beta, at, T(s*(float64(g*float64(dy[at]))-meanG-float64(h*meanGH))))
			}
		}
	}
}

// gainOf returns the gain of a channel that is counted through all samples.
func gainOf[T Float](gain []T, j int) float64 {
	if gain == nil {
		return 1
	}
	return float64(gain[j%len(gain)])
}
