package simd

// The kernels of this file take x [n, c, inner], where channel j is x[:, j, :], and one number a channel: mean, rstd,
// gain, shift and sums [c].

// ChannelMoments computes the mean of every channel and the sum of squared distances from it, in two passes.
func ChannelMoments[T Float](mean, squares []float64, x []T, inner int) {
	clear(mean)
	for at := 0; at < len(x); {
		for j := range mean {
			sum := mean[j]
			for end := at + inner; at < end; at++ {
				sum += float64(x[at])
			}
			mean[j] = sum
		}
	}
	for j := range mean {
		mean[j] /= float64(len(x) / len(mean))
	}
	clear(squares)
	for at := 0; at < len(x); {
		for j, m := range mean {
			sum := squares[j]
			for end := at + inner; at < end; at++ {
				d := float64(x[at]) - m
				sum += d * d
			}
			squares[j] = sum
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
			for end := at + inner; at < end; at++ {
				y[at] = T((float64(x[at])-m)*scale + offset)
			}
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
			var sum, dot float64
			for end := at + inner; at < end; at++ {
				g := float64(dy[at])
				sum += g
				dot += g * (float64(x[at]) - m)
			}
			total[j] += sum
			product[j] += dot * rstd[j]
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
			for end := at + inner; at < end; at++ {
				put(dx, beta, at, T(s*float64(dy[at])))
			}
		}
	}
}

// BatchNormBackward computes the gradient of [NormalizeChannels] for the mean and rstd of x itself, from what
// [ChannelSums] gives. With m elements a channel:
//
//	dx = rstd * gain * (dy - total/m - h * product/m) + beta * dx
func BatchNormBackward[T Float](dx []T, beta T, dy, x []T, mean, rstd []float64, gain []T, total, product []float64, inner int) {
	share := float64(len(mean)) / float64(len(x))
	for at := 0; at < len(dx); {
		for j, s := range rstd {
			scale := s
			if gain != nil {
				scale *= float64(gain[j])
			}
			m, meanG, meanGH := mean[j], total[j]*share, product[j]*share
			for end := at + inner; at < end; at++ {
				h := (float64(x[at]) - m) * s
				put(dx, beta, at, T(scale*(float64(dy[at])-meanG-h*meanGH)))
			}
		}
	}
}
