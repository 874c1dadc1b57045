package figure

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
)

// Maps are square maps of the plane side by side, with the same points on each.
type Maps struct {
	Maps   []Map
	Points []Point
	Lo, Hi [2]float64 // corners
}

// Map is what one network makes of the plane.
type Map struct {
	Name, Note string    // Note stands below the name; a row of maps may have none
	Side       int       // values along each side
	P          []float32 // from 0 to 1, row by row, the lowest row first; NaN where there is none
}

// Point is a sample of class 0 or 1.
type Point struct {
	X, Y  float64
	Class int
}

func (m Maps) draw(c *canvas) float64 {
	columns := min(3, len(m.Maps))
	if c.narrow() {
		columns = min(2, len(m.Maps))
	}
	const gap = 14.0
	head := 36.0
	if !slices.ContainsFunc(m.Maps, func(one Map) bool { return one.Name != "" }) {
		head = 21
	}
	side := math.Min(260, (c.width-2*margin-gap*float64(columns-1))/float64(columns))
	y := 0.0
	for i, one := range m.Maps {
		x := margin + float64(i%columns)*(side+gap)
		y = float64(i/columns) * (side + head + gap)
		if one.Name != "" {
			c.text(x, y+14, "start", "n", fit(one.Name, side, textSize))
		}
		c.text(x, y+head-7, "start", "s", one.Note)
		fmt.Fprintf(&c.b, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`+"\n",
			px(x), px(y+head), px(side), px(side), one.png())
		c.rect(x, y+head, side, side, `class="grid"`)
		m.drawPoints(c, x, y+head, side)
	}
	return y + head + side + margin
}

// drawPoints draws every class as one path of dots, with a rim that stands out from any ground.
func (m Maps) drawPoints(c *canvas, x, y, side float64) {
	for class := range 2 {
		var d bytes.Buffer
		for _, p := range m.Points {
			if p.Class == class {
				fmt.Fprintf(&d, "M%s %sh0", px(x+side*(p.X-m.Lo[0])/(m.Hi[0]-m.Lo[0])), px(y+side*(m.Hi[1]-p.Y)/(m.Hi[1]-m.Lo[1])))
			}
		}
		for _, s := range []struct {
			color string
			width float64
		}{{"#ffffff", 5}, {classColor[class], 3.4}} {
			fmt.Fprintf(&c.b, `<path d="%s" stroke="%s" stroke-width="%s" stroke-linecap="round" fill="none"/>`+"\n", d.String(), s.color, px(s.width))
		}
	}
}

// classColor is that of points of a class, on a map whose ends are the same hues.
var classColor = [2]string{"#004c78", "#a85b00"}

// Ends of the diverging map: blue, white in the middle, orange.
var (
	mapLow  = [3]float64{0x00, 0x72, 0xB2}
	mapMid  = [3]float64{0xff, 0xff, 0xff}
	mapHigh = [3]float64{0xE6, 0x9F, 0x00}
)

// png returns the map as a picture, in base64.
func (m Map) png() string {
	img := image.NewRGBA(image.Rect(0, 0, m.Side, m.Side))
	for i, p := range m.P {
		img.SetRGBA(i%m.Side, m.Side-1-i/m.Side, diverging(float64(p)))
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil { // a buffer takes all, and the picture has a size
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// diverging returns the colour of a probability; gray where there is none.
func diverging(p float64) color.RGBA {
	if p != p {
		return color.RGBA{0x99, 0x99, 0x99, 0xff}
	}
	end, t := mapHigh, 2*p-1
	if t < 0 {
		end, t = mapLow, -t
	}
	var rgb [3]uint8
	for k := range rgb {
		rgb[k] = uint8(math.Round(mapMid[k] + (end[k]-mapMid[k])*0.85*math.Min(t, 1)))
	}
	return color.RGBA{rgb[0], rgb[1], rgb[2], 0xff}
}
