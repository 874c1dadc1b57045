package simd

// The kernels of this file take x [n, c, inner], where channel j is x[:, j, :], and one number a channel: mean, rstd,
// gain, shift and sums [c].

// ChannelMoments computes the mean of every channel and the sum of squared distances from it, in two passes.
func ChannelMoments[T Float](mean, squares []float64, x []T, inner int) {
	if level, ok := vectors[T](); ok {
		onChannels(level, len(x), len(mean), inner, channelMoments{mean, squares, f32(x)})
		return
	}
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
				sum += float64(d * d)
			}
			squares[j] = sum
		}
	}
}

// NormalizeChannels computes y = (x - mean) * rstd * gain + shift. A nil gain is 1, a nil shift 0.
//
// The kernel is within 3 ulp of the twin, counted in those of the larger of shift and what it is added to.
func NormalizeChannels[T Float](y, x []T, mean, rstd []float64, gain, shift []T, inner int) {
	if level, ok := vectors[T](); ok {
		onChannels(level, len(x), len(mean), inner, channelNormal{f32(y), f32(x), mean, rstd, f32(gain), f32(shift)})
		return
	}
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
				y[at] = T(float64((float64(x[at])-m)*scale) + offset)
			}
		}
	}
}

// ChannelSums computes, with h = (x - mean) * rstd, what all gradients of [NormalizeChannels] are made of:
// total = Σ dy and product = Σ dy h of every channel.
//
// The kernel rounds x - mean to float32, and carries sums in float64 as the twin does.
func ChannelSums[T Float](total, product []float64, dy, x []T, mean, rstd []float64, inner int) {
	if level, ok := vectors[T](); ok {
		onChannels(level, len(x), len(mean), inner, channelSums{total, product, f32(dy), f32(x), mean, rstd})
		return
	}
	clear(total)
	clear(product)
	for at := 0; at < len(x); {
		for j, m := range mean {
			var sum, dot float64
			for end := at + inner; at < end; at++ {
				g := float64(dy[at])
				sum += g
				dot += float64(g * (float64(x[at]) - m))
			}
			total[j] += sum
			product[j] += float64(dot * rstd[j])
		}
	}
}

// NormalizeChannelsBackward computes dx = dy * rstd * gain + beta * dx, the gradient of [NormalizeChannels] for a mean
// and rstd that do not depend on x.
//
// The kernel is within 2 ulp of the twin.
func NormalizeChannelsBackward[T Float](dx []T, beta T, dy []T, rstd []float64, gain []T, inner int) {
	if level, ok := vectors[T](); ok {
		onChannels(level, len(dx), len(rstd), inner, channelScaleBackward{f32(dx), float32(beta), f32(dy), rstd, f32(gain)})
		return
	}
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
//
// The kernel is within 5 ulp of the twin, counted in those of the largest of the three terms.
func BatchNormBackward[T Float](dx []T, beta T, dy, x []T, mean, rstd []float64, gain []T, total, product []float64, inner int) {
	if level, ok := vectors[T](); ok {
		w := batchNormBackward{f32(dx), float32(beta), f32(dy), f32(x), mean, rstd, f32(gain), total, product}
		onChannels(level, len(x), len(mean), inner, w)
		return
	}
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
				put(dx, beta, at, T(scale*(float64(dy[at])-meanG-float64(h*meanGH))))
			}
		}
	}
}
