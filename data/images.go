package data

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/autograd"
)

const imagesPrefix = "images:"

// checkImages checks the settings of a folder of images.
func (s Spec) checkImages(dir string) error {
	if dir == "" {
		return fmt.Errorf("data set %q names no folder: write images:DIR, as in images:flowers", s.Name)
	}
	return s.checkImageSettings()
}

// checkImageSettings checks what the division of images and their making into numbers need.
func (s Spec) checkImageSettings() error {
	if s.Channels != 0 && s.Channels != 1 && s.Channels != 3 {
		return fmt.Errorf("channels is %d, but must be 1 (gray), 3 (red, green and blue) or 0 (as the images are)", s.Channels)
	}
	if s.ImageSize != "" {
		if _, _, err := parseImageSize(s.ImageSize); err != nil {
			return err
		}
	}
	return s.checkShares()
}

// parseImageSize reads a size such as 28x28, width first.
func parseImageSize(text string) (width, height int, err error) {
	w, h, found := strings.Cut(text, "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if !found || errW != nil || errH != nil || width < 1 || width > maxSide || height < 1 || height > maxSide {
		return 0, 0, fmt.Errorf("image_size is %s, but must be WIDTHxHEIGHT in pixels, 1 to %d each, as in 28x28", quote(text), maxSide)
	}
	return width, height, nil
}

// LoadImages reads a folder of images, divides them, and makes data sets of the parts. s.Name is not looked at.
//
// The images, class by class in the order of the folders' names, in a class in that of the files' names, are divided
// before anything is learned from them: of each class those are tested with that come first by the SHA-256 of
// "images/test/SEED:ROW", rows counted from 0, as many as [Set.Split] would put into a first part of the share s.Test;
// of the others those are held out as validation part that come first by the SHA-256 of "images/validation/SEED:ROW".
// All parts keep the order. The mean and the standard deviation of each channel are those of the training part.
//
// The package documentation says how images are understood. Errors name the file: fewer than two classes, a class
// without images, a file that is no image or a damaged one, images of different sizes when s gives none. An image may
// have 2^25 pixels, 2^14 along a side, in 64 MiB; a set 2^20 images, 1000 classes, and 2^29 numbers when it is brought
// to its size. Notes tell of copies in different parts or classes, and of classes that nothing is left to train on.
//
// X: [n, channels*height*width]
func LoadImages(s Spec, dir string) (*Parts, error) {
	if err := s.checkImageSettings(); err != nil {
		return nil, err
	}
	f, err := readImageFolder(dir)
	if err != nil {
		return nil, err
	}
	in, err := f.input(s)
	if err != nil {
		return nil, err
	}
	train, validation, test, err := f.divide(s)
	if err != nil {
		return nil, err
	}
	p := &Parts{Input: in}
	digests := make([][sha256.Size]byte, len(f.files))
	part := func(name string, rows []int) (*Set, error) { return f.part(name, rows, in, digests) }
	if err := p.fill(train, validation, test, part); err != nil {
		return nil, err
	}
	in.learnPixels(p.Train.X.Data())
	for _, set := range []*Set{p.Train, p.Validation, p.Test} {
		if set != nil {
			in.scalePixels(set.X.Data())
		}
	}
	p.Notes = f.notes([][]int{train, validation, test}, digests)
	return p, nil
}

// input returns what is known of the set before it is divided: all but the scale of the pixels.
func (f *imageFolder) input(s Spec) (*Input, error) {
	width, height, channels, err := f.size(s)
	if err != nil {
		return nil, err
	}
	in := &Input{
		Kind: ImageInput, Width: width, Height: height, Channels: channels,
		PixelMean: make([]float64, channels), PixelStd: []float64{1, 1, 1}[:channels],
		Target: Column{Name: "class", Kind: CategoryColumn, Values: f.classes},
	}
	if err := in.seal(); err != nil {
		return nil, fmt.Errorf("%s: %w", printable(f.dir), err)
	}
	return in, nil
}

// divide returns the rows of the parts.
func (f *imageFolder) divide(s Spec) (train, validation, test []int, err error) {
	test, train = divide(f.perClass, s.Test, fmt.Sprintf("images/test/%d", s.Seed))
	if s.Validation > 0 {
		if len(train) < 2 {
			return nil, nil, nil, fmt.Errorf("%s: a test part of %d of %d images leaves too few to hold out a validation part",
				printable(f.dir), len(test), len(f.files))
		}
		validation, train = divide(byLabel(f.labels, train, len(f.classes)), s.Validation, fmt.Sprintf("images/validation/%d", s.Seed))
	}
	return train, validation, test, nil
}

// part decodes the images of some rows, and notes the digest of each file.
func (f *imageFolder) part(name string, rows []int, in *Input, digests [][sha256.Size]byte) (*Set, error) {
	width := in.Features()
	x, y := make([]float32, len(rows)*width), make([]int32, len(rows))
	err := each(len(rows), func(i int) error {
		file := &f.files[rows[i]]
		y[i] = f.labels[rows[i]]
		err := file.open(func(r io.Reader) error {
			content, err := readImageFile(r)
			if err != nil {
				return err
			}
			digests[rows[i]] = sha256.Sum256(content)
			img, err := decodeImage(content)
			if err != nil {
				return err
			}
			if size := img.Bounds().Size(); size.X != file.width || size.Y != file.height {
				return errors.New("the file changed while the folder was read")
			}
			resample(x[i*width:(i+1)*width], img, in.Width, in.Height, in.Channels)
			return nil
		})
		if err != nil {
			return fileError(file.path, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return New(filepath.Base(f.dir)+"/"+name, autograd.From(x, len(rows), width), autograd.LabelsOf(y), slices.Clone(f.classes))
}

// notes tells what is odd about the parts.
func (f *imageFolder) notes(parts [][]int, digests [][sha256.Size]byte) []string {
	var notes []string
	trained := byLabel(f.labels, parts[0], len(f.classes))
	for label, rows := range trained {
		if len(rows) == 0 {
			notes = append(notes, fmt.Sprintf("%s: no image of class %s is in the training part", printable(f.dir), quote(f.classes[label])))
		}
	}
	partOf := make([]int, len(f.files))
	for part, rows := range parts {
		for _, row := range rows {
			partOf[row] = part
		}
	}
	first := map[[sha256.Size]byte]int{}
	copies, example := 0, 0
	for row, digest := range digests {
		original, again := first[digest]
		switch {
		case !again:
			first[digest] = row
		case partOf[row] != partOf[original] || f.labels[row] != f.labels[original]:
			if copies++; copies == 1 {
				example = row
			}
		}
	}
	if copies > 0 {
		notes = append(notes, fmt.Sprintf("%s: a copy of %s, but of another part or class; such images: %d",
			printable(f.files[example].path), printable(f.files[first[digests[example]]].path), copies))
	}
	return notes
}
