package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// Limits of an image file. They bound the memory and the time that a file can take, whatever it says.
const (
	maxImageFile = 64 << 20 // bytes
	maxImageSide = 1 << 14  // pixels
	maxPixels    = 1 << 25
	maxScans     = 500 // of a progressive JPEG: each may cost as much as a whole image, and takes a few bytes
)

// imageHeader is what the start of a file tells of its image.
type imageHeader struct {
	width, height int
	gray          bool // a gray file, or one with a palette of grays
	decode        func(io.Reader) (image.Image, error)
}

// readImageHeader reads the start of a PNG or JPEG file. The content tells which it is.
func readImageHeader(start io.Reader) (h imageHeader, err error) {
	magic := make([]byte, 8)
	switch n, err := io.ReadFull(start, magic); {
	case err == io.EOF:
		return h, errors.New("the file is empty")
	case err != nil && err != io.ErrUnexpectedEOF:
		return h, err
	default:
		magic = magic[:n]
	}
	configure := png.DecodeConfig
	switch {
	case string(magic) == "\x89PNG\r\n\x1a\n":
		h.decode = png.Decode
	case bytes.HasPrefix(magic, []byte("\xff\xd8\xff")):
		h.decode, configure = jpeg.Decode, jpeg.DecodeConfig
	default:
		return h, errors.New("neither PNG nor JPEG: convert or remove it")
	}
	config, err := configure(io.MultiReader(bytes.NewReader(magic), start))
	if err != nil {
		return h, imageError(err)
	}
	h.width, h.height, h.gray = config.Width, config.Height, isGray(config.ColorModel)
	if h.width < 1 || h.height < 1 || h.width > maxImageSide || h.height > maxImageSide || h.width*h.height > maxPixels {
		return h, fmt.Errorf("the image has %d by %d pixels: 1 to %d by 1 to %d, and %d in all, are allowed",
			h.width, h.height, maxImageSide, maxImageSide, maxPixels)
	}
	return h, nil
}

// isGray tells whether all colors of a model are grays.
func isGray(m color.Model) bool {
	palette, ok := m.(color.Palette)
	if !ok {
		return m == color.GrayModel || m == color.Gray16Model
	}
	for _, c := range palette {
		if r, g, b, _ := c.RGBA(); r != g || g != b {
			return false
		}
	}
	return true
}

// imageError says what an error of the decoders means.
func imageError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the image is cut off")
	}
	return fmt.Errorf("the image is damaged: %w", err)
}

// readImageFile reads a file whole, to the limit.
func readImageFile(r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxImageFile+1))
	if err == nil && len(content) > maxImageFile {
		err = fmt.Errorf("the file is larger than %d bytes", maxImageFile)
	}
	return content, err
}

// decodeImage decodes a PNG or JPEG file.
func decodeImage(content []byte) (image.RGBA64Image, error) {
	h, err := readImageHeader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	// In the data of an image this marker cannot occur by chance; what other data hold is few.
	if n := bytes.Count(content, []byte("\xff\xda")); n > maxScans && content[0] == 0xff {
		return nil, fmt.Errorf("the image comes in %d scans: at most %d are allowed", n, maxScans)
	}
	img, err := h.decode(bytes.NewReader(content))
	if err != nil {
		return nil, imageError(err)
	}
	return img.(image.RGBA64Image), nil // as all images of the standard library are
}

// resample computes an image of width by height pixels with 1 channel, gray, or 3, red, green and blue. Each pixel is
// the mean of the part of img that it covers (area averaging), in whole numbers, so that all machines get the same;
// an image of that size already stays as it is. The values go from 0 to 1, those of a channel after those of the one
// before. What is transparent is white behind. Gray is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
//
// dst: [channels, height, width]
func resample(dst []float32, img image.RGBA64Image, width, height, channels int) {
	from := img.Bounds()
	total := uint64(from.Dx()) * uint64(from.Dy()) // of the weights of a pixel
	for y := range height {
		for x := range width {
			var sum [3]uint64
			for sy := y * from.Dy() / height; sy*height < (y+1)*from.Dy(); sy++ {
				wy := overlap(sy, height, y, from.Dy())
				for sx := x * from.Dx() / width; sx*width < (x+1)*from.Dx(); sx++ {
					w := wy * overlap(sx, width, x, from.Dx())
					for i, v := range onWhite(img.RGBA64At(from.Min.X+sx, from.Min.Y+sy)) {
						sum[i] += w * v // below 2^16 times the total, that is 2^41
					}
				}
			}
			for i := range sum {
				sum[i] = (sum[i] + total/2) / total
			}
			if channels == 1 {
				sum[0] = (19595*sum[0] + 38470*sum[1] + 7471*sum[2] + 1<<15) >> 16 // as color.Gray16Model
			}
			for c := range channels {
				dst[(c*height+y)*width+x] = float32(sum[c]) / 0xffff
			}
		}
	}
}

// overlap returns how much of the interval a, of length la, lies in the interval b, of length lb. Both kinds of
// intervals follow each other from 0.
func overlap(a, la, b, lb int) uint64 {
	return uint64(min((a+1)*la, (b+1)*lb) - max(a*la, b*lb))
}

// onWhite returns a color that comes with its transparency in front of white.
func onWhite(c color.RGBA64) [3]uint64 {
	white := uint64(0xffff - c.A)
	return [3]uint64{min(uint64(c.R)+white, 0xffff), min(uint64(c.G)+white, 0xffff), min(uint64(c.B)+white, 0xffff)}
}
