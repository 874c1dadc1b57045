package figure

import (
	"cmp"
	"math"
	"slices"
)

// Lines draws series over an axis, each with its name at its end.
type Lines struct {
	X, Y   Axis
	Series []Series
	Rules  []Rule
	Height float64 // pixels; 0 is usual
}

// Series is one line, or one area.
type Series struct {
	Name   string // stands at the end; "" for none
	Color  int    // counts from 0; or Gray
	X, Y   []float64
	Lo, Hi []float64 // a band around the line, or of Dots an interval at each; or nil
	Thin   bool      // one of many
	Filled bool      // an area down to 0 in place of a line
	Dots   bool      // points in place of a line
}

// Rule is a dashed line across, with a name.
type Rule struct {
	Name  string
	Value float64
}

const usualHeight = 300

// frame is where the data of Lines lie.
type frame struct {
	left, right, top, bottom float64
	x, y                     scale
}

func (l Lines) draw(c *canvas) float64 {
	height := l.Height
	if height == 0 {
		height = usualHeight
	}
	f := l.frame(c.width, height)
	l.drawAxes(c, f)
	for _, s := range l.Series {
		s.drawBand(c, f)
	}
	for _, r := range l.Rules {
		y := f.y.at(r.Value)
		c.line(f.left, y, f.right, y, "rule")
	}
	for _, s := range l.Series {
		s.drawLine(c, f)
	}
	l.drawNames(c, f)
	return height
}

func (l Lines) frame(width, height float64) frame {
	var xs, ys []float64
	for _, s := range l.Series {
		xs = append(xs, s.X...)
		ys = slices.Concat(ys, s.Y, s.Lo, s.Hi)
		if s.Filled {
			ys = append(ys, 0)
		}
	}
	for _, r := range l.Rules {
		ys = append(ys, r.Value)
	}
	names := 0.0
	for _, n := range l.names() {
		names = max(names, textWidth(fit(n.text, nameShare*width, textSize), textSize))
	}
	right := margin + 8.0 // half of the last mark
	if names > 0 {
		right = names + leader + margin
	}
	f := frame{left: 46, right: width - right, top: 26, bottom: height - 42}
	f.x = newScale(l.X, xs, f.left, f.right)
	f.y = newScale(l.Y, ys, f.bottom, f.top)
	return f
}

// drawAxes draws marks, faint lines at them, and names of both axes: that of y lies above, where it reads without turning
// one's head.
func (l Lines) drawAxes(c *canvas, f frame) {
	c.text(margin, 14, "start", "m", l.Y.Label)
	for _, t := range f.y.ticks(5) {
		c.line(f.left, t.at, f.right, t.at, "grid")
		c.text(f.left-6, t.at+4, "end", "s", t.text)
	}
	if f.y.zero {
		c.line(f.left, f.y.zeroAt, f.right, f.y.zeroAt, "grid")
		c.text(f.left-6, f.y.zeroAt+4, "end", "s", "0")
	}
	if f.y.over {
		over := l.Y.Over
		if over == "" {
			over = "∞"
		}
		c.line(f.left, f.y.overAt, f.right, f.y.overAt, "grid")
		c.text(f.left-6, f.y.overAt+4, "end", "s", over)
	}
	about := 8
	if c.narrow() {
		about = 4
	}
	for _, t := range f.x.ticks(about) {
		c.line(t.at, f.bottom, t.at, f.bottom+4, "grid")
		c.text(t.at, f.bottom+17, "middle", "s", t.text)
	}
	c.text((f.left+f.right)/2, f.bottom+34, "middle", "m", l.X.Label)
}

func (s Series) points(f frame, ys []float64) [][2]float64 {
	points := make([][2]float64, 0, len(ys))
	for i, y := range ys {
		points = append(points, [2]float64{f.x.at(s.X[i]), f.y.at(y)})
	}
	return points
}

func (s Series) drawBand(c *canvas, f frame) {
	if s.Dots || len(s.Lo) == 0 || slices.Equal(s.Lo, s.Hi) {
		return
	}
	down := s.points(f, s.Lo)
	slices.Reverse(down)
	color := "var(--mute)"
	if s.Color >= 0 {
		color = palette[s.Color%len(palette)]
	}
	c.path(append(s.points(f, s.Hi), down...), true, `class="band" fill="`+color+`"`)
}

func (s Series) drawLine(c *canvas, f frame) {
	points := s.points(f, s.Y)
	switch {
	case len(points) == 0:
	case s.Dots:
		s.drawDots(c, f, points)
	case s.Filled:
		first, last := points[0], points[len(points)-1]
		floor := f.y.at(0)
		points = append([][2]float64{{first[0], floor}}, points...)
		c.path(append(points, [2]float64{last[0], floor}), true, area(s.Color))
	case len(points) == 1:
		c.path([][2]float64{points[0], {points[0][0] + 0.1, points[0][1]}}, false, stroke(s.Color)+` stroke-width="5"`)
	case s.Thin:
		c.path(points, false, stroke(s.Color)+` style="stroke-width:1"`)
	default:
		c.path(points, false, stroke(s.Color))
	}
}

// leader is the room between the end of a line and its name.
const leader = 22

// name is a text at the right, which wants to be at a height.
type name struct {
	text      string
	series    int // or -1: a rule's
	from, y   float64
	wanted, x float64
}

func (l Lines) names() (names []name) {
	for i, s := range l.Series {
		if s.Name != "" && len(s.Y) > 0 {
			names = append(names, name{text: s.Name, series: i})
		}
	}
	for _, r := range l.Rules {
		names = append(names, name{text: r.Name, series: -1, wanted: r.Value})
	}
	return names
}

// drawNames writes each name beside the end of its line, apart from each other, and leads there.
func (l Lines) drawNames(c *canvas, f frame) {
	names := l.names()
	for i := range names {
		n := &names[i]
		n.x = f.right
		if n.series < 0 {
			n.y = f.y.at(n.wanted)
		} else {
			s := l.Series[n.series]
			last := len(s.Y) - 1
			n.x, n.y = f.x.at(s.X[last]), f.y.at(s.Y[last])
		}
		n.from = n.y
	}
	slices.SortStableFunc(names, func(a, b name) int { return cmp.Compare(a.y, b.y) })
	heights := make([]float64, len(names))
	for i, n := range names {
		heights[i] = n.y
	}
	for i, y := range apart(heights, 15, f.top, f.bottom) {
		n := names[i]
		c.path([][2]float64{{n.x, n.from}, {f.right, n.from}, {f.right + leader - 14, y}}, false, `class="lead"`)
		if n.series >= 0 {
			c.path([][2]float64{{f.right + leader - 14, y}, {f.right + leader - 4, y}}, false, stroke(l.Series[n.series].Color))
		}
		c.text(f.right+leader, y+4, "start", "n", fit(n.text, nameShare*c.width, textSize))
	}
}

// apart moves sorted heights until neighbours are a gap apart, within two ends as far as there is room.
func apart(y []float64, gap, lo, hi float64) []float64 {
	y = slices.Clone(y)
	for i := range y { // down
		y[i] = math.Max(y[i], lo)
		if i > 0 {
			y[i] = math.Max(y[i], y[i-1]+gap)
		}
	}
	for i := len(y) - 1; i >= 0; i-- { // and up again
		limit := hi
		if i < len(y)-1 {
			limit = y[i+1] - gap
		}
		y[i] = math.Min(y[i], limit)
	}
	return y
}
