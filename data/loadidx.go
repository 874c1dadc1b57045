package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/heft-ml/heft/autograd"
)

// load returns the set, divided as published. A pixel p becomes p/255.
//
// X: [n, height*width]
func (d *published) load(s Spec, o loadOptions) (*Parts, error) {
	paths, err := d.locate(o.dir)
	if err != nil {
		return nil, err
	}
	var files [4]*IDX
	var notes []string
	for i, path := range paths {
		var sum string
		if files[i], sum, err = readIDXFile(path); err != nil {
			return nil, err
		}
		if sum != d.files[i].sha256 {
			notes = append(notes, fmt.Sprintf("%s: not the file of %s that was published, so results do not compare", printable(path), d.name))
		}
	}
	train, err := d.part("/train", paths[:testImages], files[:testImages])
	if err != nil {
		return nil, err
	}
	test, err := d.part("/test", paths[testImages:], files[testImages:])
	if err != nil {
		return nil, err
	}
	height, width := files[trainImages].Shape[1], files[trainImages].Shape[2]
	if test := files[testImages].Shape; test[1] != height || test[2] != width {
		return nil, fmt.Errorf("%s: images of %d by %d pixels, but those of %s have %d by %d",
			printable(paths[testImages]), test[2], test[1], filepath.Base(paths[trainImages]), width, height)
	}
	in := &Input{
		Kind: ImageInput, Width: width, Height: height, Channels: 1, PixelMean: []float64{0}, PixelStd: []float64{1},
		Target: Column{Name: d.target, Kind: CategoryColumn, Values: slices.Clone(d.classes)},
	}
	if err := in.seal(); err != nil {
		return nil, fmt.Errorf("%s: %w", printable(paths[trainImages]), err)
	}
	if s.Validation > 0 && train.Len() < 2 {
		return nil, fmt.Errorf("%s: one image is too few to hold out a validation part", printable(paths[trainImages]))
	}
	p := holdOut(s, train, test, in)
	p.Notes = notes
	return p, nil
}

// readIDXFile reads a file, and returns the SHA-256 of its content without the compression.
func readIDXFile(path string) (a *IDX, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", fileError(path, err)
	}
	defer f.Close()
	hash := sha256.New()
	content, err := decompressed(f)
	if err == nil {
		a, err = decodeIDX(io.TeeReader(content, hash))
	}
	if err != nil {
		return nil, "", fileError(path, err)
	}
	return a, hex.EncodeToString(hash.Sum(nil)), nil
}

// part makes a set of a file of images and one of labels.
func (d *published) part(name string, paths []string, files []*IDX) (*Set, error) {
	images, labels := files[0], files[1]
	fail := func(i int, format string, args ...any) error {
		return fmt.Errorf("%s: %s", printable(paths[i]), fmt.Sprintf(format, args...))
	}
	switch {
	case len(images.Shape) != 3:
		return nil, fail(0, "an array with %d axes: images have three, [n, height, width]", len(images.Shape))
	case len(labels.Shape) != 1:
		return nil, fail(1, "an array with %d axes: labels have one", len(labels.Shape))
	case images.Shape[0] != labels.Shape[0]:
		return nil, fail(1, "%d labels, but %s has %d images: the two do not belong together",
			labels.Shape[0], filepath.Base(paths[0]), images.Shape[0])
	case len(images.Data) == 0:
		return nil, fail(0, "the file has no pixels, its shape is %v", images.Shape)
	}
	y := make([]int32, len(labels.Data))
	for row, label := range labels.Data {
		if int(label) >= len(d.classes) {
			return nil, fail(1, "label %d is %d, but %s has the classes 0 to %d", row, label, d.name, len(d.classes)-1)
		}
		y[row] = int32(label)
	}
	n := images.Shape[0]
	return &Set{
		Name: d.name + name, X: autograd.From(byteShares(images.Data), n, len(images.Data)/n), Y: autograd.LabelsOf(y),
		Classes: slices.Clone(d.classes), Source: d.source, License: d.license,
	}, nil
}

// byteShares returns each byte divided by 255.
func byteShares(data []byte) []float32 {
	var share [256]float32
	for b := range share {
		share[b] = float32(b) / 255
	}
	x := make([]float32, len(data))
	for i, b := range data {
		x[i] = share[b]
	}
	return x
}
