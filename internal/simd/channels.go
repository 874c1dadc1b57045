package simd

// The kernels of this file take x [n, c, inner], where channel j is x[:, j, :], and one number a channel: mean, rstd,
// gain, shift and sums [c].

// ChannelMoments computes the mean of every channel and the sum of squared distances from it, in two passes.
func ChannelMoments[T Float](mean, squares []float64, x []T, inner int) {
	clear(mean)
	for at := 0; at < len(x); {
		for j := range mean {
			mean[j] += Sum(x[at : at+inner])
			at += inner
		}
	}
	for j := range mean {
		mean[j] /= float64(len(x) / len(mean))
	}
	clear(squares)
	for at := 0; at < len(x); {
		for j, m := range mean {
			for _, v := range x[at : at+inner] {
				d := float64(v) - m
				squares[j] += d * d
			}
			at += inner
		}
	}
}

// NormalizeChannels computes y = (x - mean) * rstd * gain + shift. A nil gain is 1, a nil shift 0.
func NormalizeChannels[T Float](y, x []T, mean, rstd []float64, gain, shift []T, inner int) {
	for at := 0; at < len(x); {
		for j, m := range mean {
			scale, offset := rstd[j], 0.0
			if gain != nil {
				scale *= float64(gain[j])
			}
			if shift != nil {
				offset = float64(shift[j])
			}
			to := y[at : at+inner]
			for k, v := range x[at : at+inner] {
				to[k] = T((float64(v)-m)*scale + offset)
			}
			at += inner
		}
	}
}

// ChannelSums computes, with h = (x - mean) * rstd, what all gradients of [NormalizeChannels] are made of:
// total = Σ dy and product = Σ dy h of every channel.
func ChannelSums[T Float](total, product []float64, dy, x []T, mean, rstd []float64, inner int) {
	clear(total)
	clear(product)
	for at := 0; at < len(x); {
		for j, m := range mean {
			g := dy[at : at+inner]
			var sum, dot float64
			for k, v := range x[at : at+inner] {
				sum += float64(g[k])
				dot += float64(g[k]) * (float64(v) - m)
			}
			total[j] += sum
			product[j] += dot * rstd[j]
			at += inner
		}
	}
}

// NormalizeChannelsBackward computes dx = dy * rstd * gain + beta * dx, the gradient of [NormalizeChannels] for a mean
// and rstd that do not depend on x.
func NormalizeChannelsBackward[T Float](dx []T, beta T, dy []T, rstd []float64, gain []T, inner int) {
	for at := 0; at < len(dx); {
		for j, s := range rstd {
			if gain != nil {
				s *= float64(gain[j])
			}
			for k := at; k < at+inner; k++ {
				put(dx, beta, k, T(s*float64(dy[k])))
			}
			at += inner
		}
	}
}

// BatchNormBackward computes the gradient of [NormalizeChannels] for the mean and rstd of x itself, from what
// [ChannelSums] gives. With m elements a channel:
//
//	dx = rstd * gain * (dy - total/m - h * product/m) + beta * dx
func BatchNormBackward[T Float](dx []T, beta T, dy, x []T, mean, rstd []float64, gain []T, total, product []float64, inner int) {
	for at := 0; at < len(dx); {
		m := float64(len(x) / len(mean))
		for j, s := range rstd {
			scale := s
			if gain != nil {
				scale *= float64(gain[j])
			}
			meanG, meanGH := total[j]/m, product[j]/m
			for k := at; k < at+inner; k++ {
				h := (float64(x[k]) - mean[j]) * s
				put(dx, beta, k, T(scale*(float64(dy[k])-meanG-h*meanGH)))
			}
			at += inner
		}
	}
}
