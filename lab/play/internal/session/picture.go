package session

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// side is how many points a picture of the plane has along each axis.
const side = 32

// shownPoints bounds how many points of the training part a page draws.
const shownPoints = 400

// Values of a picture's bytes that are no numbers.
const (
	noProbability = 255  // the output was not finite; others are 254 times the probability of class 1
	noValue       = 0x80 // a unit's value was not finite; others are int8, 127 times the value over Picture.Scale
)

// Picture describes the bytes that come with it: first what the network makes of the plane, [Side, Side], the lowest y
// first; then what each unit of a layer makes of it, [Units, Side, Side]. Data that are no points of a plane have the first
// layer's weights alone, [Units, Side, Side], each unit's laid out as the sample is.
type Picture struct {
	Side    int    `json:"side"`
	Units   int    `json:"units"`
	Layer   int    `json:"layer"` // whose units these are; the first hidden one is 1
	Scale   Number `json:"scale"` // what the largest byte of a unit stands for
	Outputs bool   `json:"outputs"`
}

// plane is the part of the plane that pictures show.
type plane struct {
	lo, hi [2]float64
	grid   *nn.Tensor // [side*side, 2]
}

// planeOf returns the part that [lab.Experiment.Map] takes, or nil for data that are no points of the plane in two classes.
func planeOf(e *lab.Experiment) *plane {
	m, flat := e.Map(2)
	if !flat {
		return nil
	}
	x := make([]float32, 0, 2*side*side)
	at := func(axis, i int) float32 {
		return float32(m.Lo[axis] + float64((m.Hi[axis]-m.Lo[axis])*float64(i)/(side-1)))
	}
	for row := range side {
		for column := range side {
			x = append(x, at(0, column), at(1, row))
		}
	}
	return &plane{lo: m.Lo, hi: m.Hi, grid: autograd.From(x, side*side, 2)}
}

func (p *plane) view(train *data.Set) *PlaneView {
	v := &PlaneView{Lo: p.lo, Hi: p.hi}
	x := train.X.Data()
	for i := range min(shownPoints, train.Len()) {
		v.Points = append(v.Points, [2]float32{x[2*i], x[2*i+1]})
		v.Labels = append(v.Labels, train.Y.Data[i])
	}
	return v
}

// Picture draws the network as it is, with the units of a hidden layer.
func (s *Session) Picture(layer int) (Picture, []byte, error) {
	if s.plane == nil {
		return s.weightsPicture()
	}
	e := s.experiment
	if layer < 1 || layer > e.Setup.Depth {
		return Picture{}, nil, fmt.Errorf("layer is %d, but must be from 1 to %d", layer, e.Setup.Depth)
	}
	s.glance.Reset()
	look := &unitProbe{module: e.HiddenModule(layer)}
	s.glance.Probe = look
	y := e.Model.Forward(s.glance, s.glance.Input(s.plane.grid)).Softmax(-1).Data()
	pixels := make([]byte, 0, side*side*(1+e.Setup.Width))
	for i := 1; i < len(y); i += 2 {
		pixels = append(pixels, probabilityByte(y[i]))
	}
	scale := largest(look.values)
	for unit := range e.Setup.Width {
		for at := unit; at < len(look.values); at += e.Setup.Width {
			pixels = append(pixels, valueByte(look.values[at], scale))
		}
	}
	return Picture{Side: side, Units: e.Setup.Width, Layer: layer, Scale: Number(scale), Outputs: true}, pixels, nil
}

// weightsPicture shows what the first layer's units look for in a square image.
func (s *Session) weightsPicture() (Picture, []byte, error) {
	w := s.experiment.Store.Params()[0] // of the layer that takes the samples in
	in, edge := s.experiment.Train.Features(), 1
	for edge*edge < in {
		edge++
	}
	if edge*edge != in {
		return Picture{}, nil, fmt.Errorf("samples of %d numbers are no square images", in)
	}
	scale := largest(w.Data)
	pixels := make([]byte, 0, len(w.Data))
	for unit := range s.experiment.Setup.Width {
		own := w.Data[unit*in : (unit+1)*in]
		for row := edge - 1; row >= 0; row-- { // images have their first row on top, pictures at the bottom
			for _, v := range own[row*edge : (row+1)*edge] {
				pixels = append(pixels, valueByte(v, scale))
			}
		}
	}
	return Picture{Side: edge, Units: s.experiment.Setup.Width, Layer: 1, Scale: Number(scale)}, pixels, nil
}

// unitProbe copies what one module returns.
type unitProbe struct {
	module nn.Module
	values []float32
}

// Up copies the module's result.
func (u *unitProbe) Up(m nn.Module, y *nn.Tensor) {
	if m == u.module {
		u.values = append(u.values[:0], y.Data()...)
	}
}

// Down is not called: nothing comes back in inference.
func (u *unitProbe) Down(nn.Module, []float32) {}

// largest returns the largest magnitude of the finite values.
func largest(values []float32) float32 {
	var most float32
	for _, v := range values {
		if v-v == 0 {
			most = max(most, v, -v)
		}
	}
	return most
}

func probabilityByte(p float32) byte {
	if p-p != 0 {
		return noProbability
	}
	return byte(254*p + 0.5)
}

func valueByte(v, scale float32) byte {
	if v-v != 0 {
		return noValue
	}
	if scale == 0 {
		return 0
	}
	share := v / scale
	if share < 0 {
		return byte(int8(127*share - 0.5))
	}
	return byte(int8(127*share + 0.5))
}
