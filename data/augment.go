package data

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Augmentation is what is done to the images of a training part, so that a model sees more than there are.
type Augmentation struct {
	Shift     int  // each image moves by up to so many pixels, down or up and right or left; what it leaves is black
	Flip      bool // every other image, by chance, is mirrored left to right
	Normalize bool // pixels become (value - mean) / std of their channel: see [Parts.Normalized]
}

// maxShift bounds a slip of the finger: beyond it nothing would be left of most images.
const maxShift = 64

// ParseAugmentation reads shift:PIXELS, flip and normalize, joined by commas, each at most once; "" is none. The error
// says what is not understood.
func ParseAugmentation(text string) (a Augmentation, err error) {
	if text == "" {
		return a, nil
	}
	seen := map[string]bool{}
	for word := range strings.SplitSeq(text, ",") {
		name, pixels, given := strings.Cut(strings.TrimSpace(word), ":")
		if seen[name] {
			return a, fmt.Errorf("augment %s has %s twice", quote(text), quote(name))
		}
		seen[name] = true
		switch {
		case name == "shift":
			a.Shift, err = strconv.Atoi(pixels)
			if err != nil || a.Shift < 1 || a.Shift > maxShift {
				return a, fmt.Errorf("augment %s: shift takes 1 to %d pixels, as in shift:2", quote(text), maxShift)
			}
		case name == "flip" && !given:
			a.Flip = true
		case name == "normalize" && !given:
			a.Normalize = true
		default:
			return a, fmt.Errorf("augment %s: no augmentation is called %s: use shift:PIXELS, flip and normalize, joined by commas",
				quote(text), quote(word))
		}
	}
	return a, nil
}

// Random tells whether anything is left to chance.
func (a Augmentation) Random() bool { return a.Shift > 0 || a.Flip }

// Augmenter changes batches of images in place. It serves one goroutine.
type Augmenter struct {
	of                      Augmentation
	channels, height, width int
	black                   []float32 // of each channel: what a value of 0 is after scaling
	plane                   []float32 // as it was
}

// NewAugmenter returns an augmenter for images of so many channels and pixels. black is the value of a black pixel in
// each channel; nil means 0. A shift must leave something of every image.
func NewAugmenter(a Augmentation, channels, height, width int, black []float32) *Augmenter {
	argument(channels >= 1 && height >= 1 && width >= 1, "NewAugmenter", "size", []int{channels, height, width}, "each 1 or more")
	argument(a.Shift < min(height, width), "NewAugmenter", "Shift", a.Shift, "less than %d, the shorter side of the images", min(height, width))
	if black == nil {
		black = make([]float32, channels)
	}
	argument(len(black) == channels, "NewAugmenter", "len(black)", len(black), "%d, one for each channel", channels)
	return &Augmenter{a, channels, height, width, black, make([]float32, height*width)}
}

// Apply moves and mirrors each image of a batch as chance wants it. r gives each image the same count of numbers, so what
// happens to an image depends on its place in the batch and on nothing else of it.
//
// x: [b, channels*height*width] in any shape
func (g *Augmenter) Apply(x *Tensor, r *rand.Rand) {
	size := g.channels * g.height * g.width
	argument(width(x) == size, "Apply", "numbers of a sample", width(x), "%d", size)
	for image := x.Data(); len(image) > 0; image = image[size:] {
		down, right, mirrored := 0, 0, false
		if s := g.of.Shift; s > 0 {
			down, right = r.IntN(2*s+1)-s, r.IntN(2*s+1)-s
		}
		if g.of.Flip {
			mirrored = r.IntN(2) == 1
		}
		for c, black := range g.black {
			g.move(image[c*len(g.plane):][:len(g.plane)], down, right, mirrored, black)
		}
	}
}

// move moves one plane, and mirrors it before that.
func (g *Augmenter) move(plane []float32, down, right int, mirrored bool, black float32) {
	copy(g.plane, plane)
	for y := range g.height {
		row := plane[y*g.width:][:g.width]
		from := y - down
		for x := range row {
			at := x - right
			if from < 0 || from >= g.height || at < 0 || at >= g.width {
				row[x] = black
				continue
			}
			if mirrored {
				at = g.width - 1 - at
			}
			row[x] = g.plane[from*g.width+at]
		}
	}
}
