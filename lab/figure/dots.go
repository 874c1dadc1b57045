package figure

// dotRadius is that of a point, in pixels.
const dotRadius = 3

// drawDots draws the points, and the interval of each as a thin line through it. A line of no length with round ends is a dot.
func (s Series) drawDots(c *canvas, f frame, points [][2]float64) {
	look := stroke(s.Color)
	if s.Color >= 0 {
		look = `class="line" stroke="` + palette[s.Color%len(palette)] + `"`
	}
	for i, p := range points {
		if len(s.Lo) > 0 {
			c.path([][2]float64{{p[0], f.y.at(s.Lo[i])}, {p[0], f.y.at(s.Hi[i])}}, false, look+` style="stroke-width:1.1"`)
		}
		c.path([][2]float64{p, p}, false, look+` style="stroke-linecap:round;stroke-width:`+px(2*dotRadius)+`"`)
	}
}
