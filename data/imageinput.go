package data

import (
	"fmt"
	"io"
	"math"
)

// Image returns the row of X that an image becomes, in PNG or JPEG: decoded, gray or in color as the set is, brought to
// the set's size, and scaled. An image of another shape is stretched, and the orientation that a camera notes is not
// looked at. What is transparent is white.
//
// Errors say what is wrong with the file, or that the input is a table.
//
// result: [channels*height*width]
func (in *Input) Image(r io.Reader) ([]float32, error) {
	if in.Kind != ImageInput {
		return nil, fmt.Errorf("a sample is a row of a table, not an image")
	}
	if err := in.checkImage(); err != nil {
		return nil, err
	}
	content, err := readImageFile(r)
	if err != nil {
		return nil, err
	}
	img, err := decodeImage(content)
	if err != nil {
		return nil, err
	}
	x := make([]float32, in.Features())
	resample(x, img, in.Width, in.Height, in.Channels)
	in.scalePixels(x)
	return x, nil
}

// learnPixels finds the mean and the standard deviation of each channel. Products that are added to something are
// converted: that forbids the compiler to fuse the two, which would change bits on some processors.
//
// x: [n, channels*height*width]
func (in *Input) learnPixels(x []float32) {
	for c := range in.Channels {
		n, sum, least, largest := 0, 0.0, math.Inf(1), math.Inf(-1)
		in.eachPixel(c, x, in.Width*in.Height, func(v *float32) {
			n, sum = n+1, sum+float64(*v)
			least, largest = min(least, float64(*v)), max(largest, float64(*v))
		})
		mean := min(max(sum/float64(n), least), largest) // rounding must not make a constant vary
		squares := 0.0
		in.eachPixel(c, x, in.Width*in.Height, func(v *float32) {
			d := float64(*v) - mean
			squares += float64(d * d)
		})
		in.PixelMean[c], in.PixelStd[c] = mean, math.Sqrt(squares/float64(n))
		if in.PixelStd[c] == 0 {
			in.PixelStd[c] = 1
		}
	}
}

// scalePixels makes (value - mean) / std of each value.
//
// x: [n, channels*height*width]
func (in *Input) scalePixels(x []float32) { in.scalePlanes(x, in.Width*in.Height) }

// scalePlanes is scalePixels for planes of another size.
//
// x: [n, channels*size]
func (in *Input) scalePlanes(x []float32, size int) {
	for c := range in.Channels {
		mean, std := in.PixelMean[c], in.PixelStd[c]
		in.eachPixel(c, x, size, func(v *float32) { *v = float32((float64(*v) - mean) / std) })
	}
}

// eachPixel calls f for the values of a channel, in planes of so many pixels.
//
// x: [n, channels*size]
func (in *Input) eachPixel(channel int, x []float32, size int, f func(v *float32)) {
	for at := channel * size; at < len(x); at += in.Channels * size {
		plane := x[at : at+size]
		for i := range plane {
			f(&plane[i])
		}
	}
}
