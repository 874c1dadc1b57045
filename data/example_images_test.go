package data_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/data"
)

// Two classes of small images, as a program might have drawn them: light ones and dark ones.
func ExampleLoadImages() {
	dir, err := os.MkdirTemp("", "images")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	for class, shade := range map[string]uint8{"dark": 40, "light": 200} {
		if err := os.Mkdir(filepath.Join(dir, class), 0o777); err != nil {
			fmt.Println(err)
			return
		}
		for i := range uint8(10) {
			if err := os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("%d.png", i)), square(8, shade+i), 0o666); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	p, err := data.LoadImages(data.Spec{Test: 0.2, Validation: 0.25, Seed: 1, ImageSize: "4x4"}, dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Train.Classes, p.Train.X.Shape(), p.Validation.Len(), p.Test.Len())

	x, err := p.Input.Image(bytes.NewReader(square(100, 200)))
	fmt.Printf("%d numbers, all %.1f, %v\n", len(x), x[0], err)
	// Output:
	// [dark light] [12 16] 4 4
	// 16 numbers, all 0.9, <nil>
}

// square returns a PNG file of one gray.
func square(side int, shade uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func ExampleReadIDX() {
	labels := []byte{0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4}
	a, err := data.ReadIDX("labels", bytes.NewReader(labels))
	fmt.Println(a.Shape, a.Data, err)

	_, err = data.ReadIDX("labels", bytes.NewReader(labels[:10]))
	fmt.Println(err)
	// Output:
	// [3] [5 0 4] <nil>
	// labels: 2 bytes follow the header, which announces 3 ([3]): the file is cut off: a download that was interrupted?
}

// Fetch downloads 12 MB the first time, and later checks only what is there.
func ExampleFetch() {
	err := data.Fetch(context.Background(), "mnist", data.OnProgress(func(p data.Progress) {
		fmt.Printf("%s: %d of %d bytes\n", p.File, p.Done, p.Total)
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := data.Open("mnist", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Len(), test.Len())
}
