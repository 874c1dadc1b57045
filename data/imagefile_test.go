package data

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asPNG encodes an image.
func asPNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// asJPEG encodes an image.
func asJPEG(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// grayImage returns a gray image of the values, row by row.
func grayImage(width int, values ...uint8) *image.Gray {
	return &image.Gray{Pix: values, Stride: width, Rect: image.Rect(0, 0, width, len(values)/width)}
}

// noisy fills an image with random colors.
func noisy[I draw.Image](img I) I {
	r := rand.New(rand.NewPCG(1, 2))
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			img.Set(x, y, color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
		}
	}
	return img
}

// every image type that the decoders make, by the file it comes from.
func everyKind() map[string][]byte {
	box := image.Rect(0, 0, 5, 3)
	palette := color.Palette{color.RGBA{1, 2, 3, 255}, color.RGBA{200, 100, 0, 255}, color.RGBA{9, 9, 9, 255}}
	return map[string][]byte{
		"gray":        asPNG(noisy(image.NewGray(box))),
		"gray16":      asPNG(noisy(image.NewGray16(box))),
		"RGB":         asPNG(noisy(image.NewRGBA(box))),
		"RGB, 16 bit": asPNG(noisy(image.NewRGBA64(box))),
		"palette":     asPNG(noisy(image.NewPaletted(box, palette))),
		"grays":       asPNG(noisy(image.NewPaletted(box, color.Palette{color.Gray{0}, color.Gray{77}, color.Gray{255}}))),
		"alpha":       asPNG(&image.NRGBA{Pix: bytes.Repeat([]byte{10, 20, 30, 128}, 15), Stride: 20, Rect: box}),
		"alpha16":     asPNG(&image.NRGBA64{Pix: bytes.Repeat([]byte{10, 20, 30, 128}, 30), Stride: 40, Rect: box}),
		"JPEG":        asJPEG(noisy(image.NewRGBA(box))),
		"JPEG gray":   asJPEG(noisy(image.NewGray(box))),
	}
}

func TestFilesOfEveryKindAreDecoded(t *testing.T) {
	t.Parallel()
	gray := map[string]bool{"gray": true, "gray16": true, "grays": true, "JPEG gray": true}
	for name, content := range everyKind() {
		h, err := readImageHeader(bytes.NewReader(content))
		require.NoError(t, err, name)
		assert.Equal(t, gray[name], h.gray, name)
		assert.Equal(t, [2]int{5, 3}, [2]int{h.width, h.height}, name)

		img, err := decodeImage(content)
		require.NoError(t, err, name)
		x := make([]float32, 5*3*3)
		resample(x, img, 5, 3, 3)
		for y := range 3 {
			for x0 := range 5 {
				r, g, b, a := img.At(x0, y).RGBA()
				for c, v := range []uint32{r, g, b} {
					assert.Equal(t, float32(min(v+0xffff-a, 0xffff))/0xffff, x[(c*3+y)*5+x0], "%s: channel %d at %d, %d", name, c, x0, y)
				}
			}
		}
	}
}

func TestPixelsOfEightBitsAreTheirValueDividedBy255(t *testing.T) {
	t.Parallel()
	values := make([]uint8, 256)
	for i := range values {
		values[i] = uint8(i)
	}
	img, err := decodeImage(asPNG(grayImage(16, values...)))
	require.NoError(t, err)
	x := make([]float32, 256)
	resample(x, img, 16, 16, 1)
	assert.Equal(t, byteShares(values), x)
}

func TestGrayOfAColorIsItsLuma(t *testing.T) {
	t.Parallel()
	img := noisy(image.NewRGBA(image.Rect(0, 0, 9, 9)))
	x := make([]float32, 81)
	resample(x, img, 9, 9, 1)
	for i, v := range x {
		want := color.Gray16Model.Convert(img.At(i%9, i/9)).(color.Gray16).Y
		assert.Equal(t, float32(want)/0xffff, v)
	}
}

func TestWhatIsTransparentIsWhite(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	img.SetNRGBA(0, 0, color.NRGBA{0, 0, 0, 0})
	img.SetNRGBA(1, 0, color.NRGBA{0, 0, 0, 255})
	img.SetNRGBA(2, 0, color.NRGBA{0, 0, 0, 51})
	x := make([]float32, 3)
	resample(x, img, 3, 1, 1)
	assert.Equal(t, []float32{1, 0, 0.8}, x)
}

func TestResampledPixelsAreMeansOverTheirArea(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		img           *image.Gray
		width, height int
		want          []float64 // in units of a gray value
	}{
		"halved":      {grayImage(4, 10, 20, 30, 50, 20, 30, 50, 70), 2, 1, []float64{20, 50}},
		"to one":      {grayImage(3, 0, 1, 2, 3, 4, 5), 1, 1, []float64{2.5}},
		"three to 2":  {grayImage(3, 30, 60, 90), 2, 1, []float64{(30 + 60./2) / 1.5, (60./2 + 90) / 1.5}},
		"two to 3":    {grayImage(2, 30, 60), 3, 1, []float64{30, 45, 60}},
		"doubled":     {grayImage(2, 1, 2, 3, 4), 4, 4, []float64{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4}},
		"same":        {grayImage(2, 1, 2, 3, 4), 2, 2, []float64{1, 2, 3, 4}},
		"constant":    {grayImage(7, bytes.Repeat([]byte{201}, 35)...), 3, 4, []float64{201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 201}},
		"part of one": {grayImage(4, 9, 10, 20, 9).SubImage(image.Rect(1, 0, 3, 1)).(*image.Gray), 2, 1, []float64{10, 20}},
	} {
		x := make([]float32, c.width*c.height)
		resample(x, c.img, c.width, c.height, 1)
		for i, v := range x {
			assert.InDelta(t, c.want[i]/255, v, 0.5/0xffff+1e-7, "%s: %d", name, i)
		}
	}
}

func TestResamplingKeepsTheMean(t *testing.T) {
	t.Parallel()
	img := noisy(image.NewGray(image.Rect(0, 0, 35, 24)))
	mean := func(x []float32) (m float64) {
		for _, v := range x {
			m += float64(v) / float64(len(x))
		}
		return m
	}
	whole := make([]float32, 35*24)
	resample(whole, img, 35, 24, 1)
	for width := 1; width <= 40; width += 3 {
		for height := 1; height <= 40; height += 7 {
			x := make([]float32, width*height)
			resample(x, img, width, height, 1)
			assert.InDelta(t, mean(whole), mean(x), 1e-5, "%d by %d", width, height)
		}
	}
}

// pngHeader returns the start of a PNG file of that size, and nothing of its image.
func pngHeader(width, height uint32) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	chunk = append(chunk, 8, 0, 0, 0, 0)
	file := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	return binary.BigEndian.AppendUint32(append(file, chunk...), crc32.ChecksumIEEE(chunk))
}

func TestFilesThatAreNoImageAreRefused(t *testing.T) {
	t.Parallel()
	good := asPNG(grayImage(2, 1, 2, 3, 4))
	damaged := bytes.Clone(good)
	damaged[len(damaged)-20] ^= 1
	photo := asJPEG(noisy(image.NewRGBA(image.Rect(0, 0, 64, 64))))
	const size = " pixels: 1 to 16384 by 1 to 16384, and 33554432 in all, are allowed"
	for _, c := range []struct {
		want    string
		content []byte
	}{
		{"the file is empty", nil},
		{"neither PNG nor JPEG: convert or remove it", []byte("GIF89a and so on")},
		{"neither PNG nor JPEG: convert or remove it", []byte("x")},
		{"neither PNG nor JPEG: convert or remove it", []byte("\xff\xd8")},
		{"the image is cut off", good[:8]},
		{"the image is cut off", good[:20]},
		{"the image is damaged: png: invalid format: unexpected EOF", good[:len(good)-20]},
		{"the image is damaged: invalid JPEG format: short Huffman data", photo[:len(photo)/2]},
		{"the image is cut off", pngHeader(10, 10)},
		{"the image is damaged: png: invalid format: zlib: invalid checksum", damaged},
		{"the image is damaged: png: invalid format: non-positive dimension", pngHeader(0, 10)},
		{"the image has 16385 by 1" + size, pngHeader(1<<14+1, 1)},
		{"the image has 1 by 16385" + size, pngHeader(1, 1<<14+1)},
		{"the image has 8192 by 4097" + size, pngHeader(1<<13, 1<<12+1)},
		{"the image has 16384 by 16384" + size, pngHeader(1<<14, 1<<14)},
		{"the image comes in 501 scans: at most 500 are allowed", append(bytes.Clone(photo), strings.Repeat("\xff\xda", 500)...)},
	} {
		_, err := decodeImage(c.content)
		assert.EqualError(t, err, c.want)
	}
	_, err := decodeImage(append(bytes.Clone(photo), strings.Repeat("\xff\xda", 499)...))
	assert.NoError(t, err)
	_, err = decodeImage(append(bytes.Clone(good), strings.Repeat("\xff\xda", 1000)...))
	assert.NoError(t, err, "the limit is for JPEG")
}

func TestFilesLargerThanTheLimitAreRefused(t *testing.T) {
	t.Parallel()
	_, err := readImageFile(oneByteForEver('x'))
	assert.EqualError(t, err, "the file is larger than 67108864 bytes")
}

func FuzzDecodeImage(f *testing.F) {
	for _, content := range everyKind() {
		f.Add(content)
		f.Add(content[:len(content)/2])
	}
	f.Add(pngHeader(1<<31-1, 1<<31-1))
	f.Add([]byte("\xff\xd8\xff\xc2\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		h, err := readImageHeader(bytes.NewReader(content))
		if err != nil || h.width*h.height > 1<<16 {
			return // decoding what is large is slow, and tells no more
		}
		img, err := decodeImage(content)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Equal(t, image.Pt(h.width, h.height), img.Bounds().Size())
		x := make([]float32, 3*7*5)
		resample(x, img, 7, 5, 3)
		for _, v := range x {
			require.True(t, v >= 0 && v <= 1)
		}
	})
}
