package models

import (
	"fmt"

	"github.com/heft-ml/heft/nn"
)

// Image is what the samples of a model of images are: planes of Height by Width pixels, one for each channel.
type Image struct {
	Channels, Height, Width int
}

// String returns the shape as people write it: 1x28x28.
func (im Image) String() string { return fmt.Sprintf("%dx%dx%d", im.Channels, im.Height, im.Width) }

// Features returns how many numbers a sample has.
func (im Image) Features() int { return im.Channels * im.Height * im.Width }

// planes gives samples the shape [n, c, h, w] without copying. Data sets may hold them in that shape, without the axis
// of one channel, or flat.  x [n, ...]
func (im Image) planes(x *nn.Tensor) *nn.Tensor {
	return x.Reshape(x.Dim(0), im.Channels, im.Height, im.Width)
}

// check returns an error unless the sides have at least so many pixels, and the classifier a class.
func (im Image) check(model string, least, classes int) error {
	switch {
	case im.Channels < 1:
		return &ConfigError{model, "Image", im, "it must have 1 channel or more"}
	case im.Height < least || im.Width < least:
		return &ConfigError{model, "Image", im, fmt.Sprintf("images must have at least %d by %d pixels", least, least)}
	case max(im.Channels, im.Height, im.Width) > largestSize:
		return &ConfigError{model, "Image", im, fmt.Sprintf("channels, height and width must each be at most %d", largestSize)}
	case classes < 1:
		return &ConfigError{model, "Outputs", classes, "it must be 1 or more"}
	}
	return nil
}

// mostFC1 bounds the first linear layer of a model of images, a gigabyte of weights: images are as large as someone's camera
// makes them.
const mostFC1 = 1 << 28

// checkFC1 returns an error when the linear layer that sees all that convolutions make of the image has too many weights.
func (im Image) checkFC1(model string, in, out int) error {
	if in*out > mostFC1 {
		return &ConfigError{model, "Image", im, fmt.Sprintf("fc1 would have %d weights, and %d are the most: use smaller images", in*out, mostFC1)}
	}
	return nil
}

// checkHidden checks what happens after a hidden layer.
func checkHidden(model, activation string, dropout float64) error {
	if err := nn.CheckActivation(activation); err != nil && activation != "" {
		return &ConfigError{model, "Activation", fmt.Sprintf("%q", activation), err.Error()}
	}
	if !(dropout >= 0 && dropout < 1) {
		return &ConfigError{model, "Dropout", dropout, "it must be from 0 to below 1"}
	}
	return nil
}

// activation declares a nonlinearity by name; "" is relu.
func activation(s *nn.Scope, name string) *nn.Activation {
	if name == "" {
		name = "relu"
	}
	return nn.NewActivation(s, name)
}
