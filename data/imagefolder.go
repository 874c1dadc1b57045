package data

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of a folder of images.
const (
	maxImages       = 1 << 20
	maxImageNumbers = 1 << 29 // numbers of all images together: 2 GiB
)

// imageFolder is what a folder of images holds, before an image is decoded.
type imageFolder struct {
	dir      string
	classes  []string
	files    []imageFile // class by class
	labels   []int32
	perClass [][]int // the files of each class
}

// imageFile is one file of a folder.
type imageFile struct {
	path string
	imageHeader
}

// readImageFolder looks at every file of the folder: a folder for each class, and in it its images. Classes and files
// are in the order of their names' bytes.
func readImageFolder(dir string) (*imageFolder, error) {
	names, err := entries(dir, maxImages)
	if err != nil {
		return nil, err
	}
	f := &imageFolder{dir: dir}
	for _, name := range names {
		if err := f.addClass(name); err != nil {
			return nil, err
		}
	}
	if len(f.classes) < 2 {
		return nil, fmt.Errorf("%s: folders with images, one for each class: %d, but at least two are needed", printable(dir), len(f.classes))
	}
	return f, nil
}

// addClass adds the folder of a class.
func (f *imageFolder) addClass(name string) error {
	dir := filepath.Join(f.dir, name)
	if info, err := os.Stat(dir); err != nil {
		return fileError(dir, err)
	} else if !info.IsDir() {
		return fmt.Errorf("%s: a file among the folders of the classes: remove it, or move it into one if it is an image", printable(dir))
	}
	if err := checkName(name); err != nil {
		return fmt.Errorf("%s: a class: %w", printable(dir), err)
	}
	if len(f.classes) == maxValues {
		return fmt.Errorf("%s: more than %d folders, one for each class: not a folder of classes", printable(f.dir), maxValues)
	}
	names, err := entries(dir, maxImages-len(f.files))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("%s: the folder of this class has no images: add some, or remove it", printable(dir))
	}
	label := len(f.classes)
	f.classes = append(f.classes, name)
	f.perClass = append(f.perClass, nil)
	for _, name := range names {
		file := imageFile{path: filepath.Join(dir, name)}
		if err := file.readHeader(); err != nil {
			return fileError(file.path, err)
		}
		f.perClass[label] = append(f.perClass[label], len(f.files))
		f.files, f.labels = append(f.files, file), append(f.labels, int32(label))
	}
	return nil
}

// readHeader reads the start of the file.
func (i *imageFile) readHeader() error {
	return i.open(func(r io.Reader) (err error) {
		i.imageHeader, err = readImageHeader(r)
		return err
	})
}

// open has read called with the content of the file.
func (i *imageFile) open(read func(io.Reader) error) error {
	info, err := os.Stat(i.path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("a folder in the folder of a class, which holds images only: remove it, or move it")
	case !info.Mode().IsRegular(): // a pipe could make us wait forever
		return errors.New("not a regular file")
	}
	file, err := os.Open(i.path)
	if err != nil {
		return err
	}
	defer file.Close()
	return read(io.LimitReader(file, maxImageFile+1))
}

// entries returns the names in a folder, sorted, without those that other programs leave there unasked.
func entries(dir string, most int) ([]string, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	defer folder.Close()
	var names []string
	for {
		some, err := folder.Readdirnames(1024)
		for _, name := range some {
			if !unasked(name) {
				names = append(names, name)
			}
		}
		switch {
		case len(names) > most:
			return nil, fmt.Errorf("%s: more than %d files in all: use fewer", printable(dir), maxImages)
		case err == io.EOF:
			slices.Sort(names)
			return names, nil
		case err != nil:
			return nil, fileError(dir, err)
		}
	}
}

// unasked tells whether a file or folder is hidden, or kept by a file manager beside the user's own.
func unasked(name string) bool {
	return strings.HasPrefix(name, ".") || name == "__MACOSX" || name == "Icon\r" ||
		slices.Contains([]string{"thumbs.db", "ehthumbs.db", "desktop.ini"}, strings.ToLower(name))
}

// size returns what all images become: the size asked for, or their own if it is the same for all; gray if all are, or
// red, green and blue. The error names two files that differ.
func (f *imageFolder) size(s Spec) (width, height, channels int, err error) {
	width, height, channels = f.files[0].width, f.files[0].height, s.Channels
	if s.ImageSize != "" {
		if width, height, err = parseImageSize(s.ImageSize); err != nil {
			return 0, 0, 0, err
		}
	}
	for _, file := range f.files {
		if s.ImageSize == "" && (file.width != width || file.height != height) {
			return 0, 0, 0, fmt.Errorf("%s has %d by %d pixels, but %s has %d by %d: give the size that all are to become, as in image_size 28x28",
				printable(file.path), file.width, file.height, printable(f.files[0].path), width, height)
		}
		if s.Channels == 0 && !file.gray {
			channels = 3
		}
	}
	if channels == 0 {
		channels = 1
	}
	if n := int64(len(f.files)) * int64(width) * int64(height) * int64(channels); n > maxImageNumbers {
		return 0, 0, 0, fmt.Errorf("%s: %d images of %d by %d by %d numbers are %d, but at most %d fit: give a smaller image_size, or use fewer",
			printable(f.dir), len(f.files), channels, height, width, n, maxImageNumbers)
	}
	return width, height, channels, nil
}
