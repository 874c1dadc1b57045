package figure

// Panels sets figures side by side; on a narrow screen, one below another.
type Panels []Panel

// Panel is a figure with a title of its own.
type Panel struct {
	Title  string
	Figure Figure
}

func (ps Panels) draw(c *canvas) float64 {
	const gap = 16.0
	columns := len(ps)
	if c.narrow() {
		columns = 1
	}
	width := (c.width - gap*float64(columns-1)) / float64(columns)
	y, below := 0.0, 0.0
	for i, p := range ps {
		if i > 0 && i%columns == 0 {
			y = below
		}
		x := float64(i%columns) * (width + gap)
		lines := wrap(p.Title, width-2*margin, textSize)
		for k, line := range lines {
			c.text(x+margin, y+16+15*float64(k), "start", "n", line)
		}
		head := 10 + 15*float64(len(lines))
		own := &canvas{width: width}
		height := p.Figure.draw(own)
		c.place(x, y+head, own)
		below = max(below, y+head+height)
	}
	return below
}
