package acceptance_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
)

// writeSamples writes a table, a folder of images and a text.
func (s shell) writeSamples(t *testing.T) {
	t.Helper()
	s.writeHouses(t)
	s.writeImages(t, "stripes")
	s.write(t, "rays.txt", strings.ToValidUTF8(data.Opticks()[:4000], ""))
}

// length is how long a run on a data set shall be: so many epochs or, of a text, rounds of three steps.
func length(set string, epochs int) []string {
	if data.IsText(set) {
		return []string{"--steps", strconv.Itoa(3 * epochs), "--eval-every", "3"}
	}
	return []string{"--epochs", strconv.Itoa(epochs)}
}

// writeHouses writes houses.csv: columns of numbers and of categories, and a price.
func (s shell) writeHouses(t *testing.T) {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, 2))
	towns, answers := []string{"Ulm", "Bern", "Graz"}, []string{"yes", "no"}
	var rows strings.Builder
	rows.WriteString("area,rooms,town,garden,price\n")
	for range 600 {
		area, town := 40+160*dice.Float64(), dice.IntN(len(towns))
		price := 2*area + 90*float64(town) + 25*dice.NormFloat64()
		fmt.Fprintf(&rows, "%.1f,%d,%s,%s,%.1f\n", area, 1+dice.IntN(6), towns[town], answers[dice.IntN(len(answers))], price)
	}
	s.write(t, "houses.csv", rows.String())
}

// side is that of the images below, in pixels.
const side = 8

// stripes draws noise with stripes that tell the class: 0 lies, 1 stands.
func stripes(dice *rand.Rand, class int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			along := []int{y, x}[class]
			img.SetGray(x, y, color.Gray{Y: uint8(along%2*150 + dice.IntN(100))})
		}
	}
	return img
}

// writeImages writes a folder of PNG files for each of two classes.
func (s shell) writeImages(t *testing.T, dir string) {
	t.Helper()
	dice := rand.New(rand.NewPCG(3, 4))
	for class, name := range []string{"lies", "stands"} {
		for i := range 15 {
			s.write(t, fmt.Sprintf("%s/%s/%02d.png", dir, name, i), pngOf(t, stripes(dice, class)))
		}
	}
}

func pngOf(t *testing.T, img image.Image) string {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, img))
	return file.String()
}

// writeIDX writes the four files that MNIST comes in, with few images: train compressed, test not.
func (s shell) writeIDX(t *testing.T, dir string) {
	t.Helper()
	dice := rand.New(rand.NewPCG(5, 6))
	for _, part := range []struct {
		name, end string
		n         int
		pack      func(string) string
	}{{"train", ".gz", 200, gzipped}, {"t10k", "", 50, func(text string) string { return text }}} {
		images, labels := idxHeader(part.n, side, side), idxHeader(part.n)
		for range part.n {
			class := dice.IntN(2)
			images = append(images, stripes(dice, class).Pix...)
			labels = append(labels, byte(class))
		}
		s.write(t, dir+"/"+part.name+"-images-idx3-ubyte"+part.end, part.pack(string(images)))
		s.write(t, dir+"/"+part.name+"-labels-idx1-ubyte"+part.end, part.pack(string(labels)))
	}
}

// idxHeader is the start of an IDX file of bytes (http://yann.lecun.com/exdb/mnist).
func idxHeader(shape ...int) []byte {
	header := []byte{0, 0, 8, byte(len(shape))}
	for _, n := range shape {
		header = binary.BigEndian.AppendUint32(header, uint32(n))
	}
	return header
}

// gzipped compresses; writing to memory cannot fail.
func gzipped(text string) string {
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	w.Write([]byte(text))
	w.Close()
	return file.String()
}
