package data

import (
	"slices"

	"github.com/heft-ml/heft/autograd"
)

// Normalized returns the parts with their pixels normalised: a value becomes (value - mean) / std, with the mean and the
// standard deviation of its channel in the training part, which stand in the Input from then on. Parts that are scaled
// already, those of images:DIR, come back as they are. It panics with an [*ArgumentError] unless the samples are images.
func (p *Parts) Normalized() *Parts {
	argument(p.Input != nil && p.Input.Kind == ImageInput, "Normalized", "Input", p.Input, "of images")
	if p.Input.scaled() {
		return p
	}
	in := *p.Input
	in.PixelMean, in.PixelStd = make([]float64, in.Channels), make([]float64, in.Channels)
	in.learnPixels(p.Train.X.Data())
	return p.ScaledAs(&in)
}

// ScaledAs returns the parts as an Input that was learned from others scales pixels. Parts that are not of images, or are
// scaled already, come back as they are.
func (p *Parts) ScaledAs(in *Input) *Parts {
	if in.Kind != ImageInput || p.Input.Kind != ImageInput || p.Input.scaled() || !in.scaled() || in.Channels != p.Input.Channels {
		return p
	}
	scaled := *p
	input := *p.Input
	input.PixelMean, input.PixelStd = slices.Clone(in.PixelMean), slices.Clone(in.PixelStd)
	scaled.Input = &input
	for _, set := range []**Set{&scaled.Train, &scaled.Validation, &scaled.Test} {
		if *set != nil {
			part := **set
			part.X = autograd.From(slices.Clone(part.X.Data()), part.X.Shape()...)
			input.scalePixels(part.X.Data())
			*set = &part
		}
	}
	return &scaled
}

// scaled tells whether pixels are anything but shares from 0 to 1.
func (in *Input) scaled() bool {
	for c := range in.Channels {
		if in.PixelMean[c] != 0 || in.PixelStd[c] != 1 {
			return true
		}
	}
	return false
}

// Black returns what a pixel of 0 becomes in each channel of an image.  [channels]
func (in *Input) Black() []float32 {
	black := make([]float32, in.Channels)
	in.scalePlanes(black, 1)
	return black
}
