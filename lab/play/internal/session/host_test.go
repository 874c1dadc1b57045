package session

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
)

// ask calls as the worker does.
func ask[T any](t *testing.T, h *Host, method string, r request) (T, []byte) {
	t.Helper()
	arguments, err := json.Marshal(r)
	require.NoError(t, err)
	answer, content, err := h.Call(method, arguments, nil)
	require.NoError(t, err, method)
	var value T
	require.NoError(t, json.Unmarshal(answer, &value))
	return value, content
}

func small(change func(s *lab.Setup)) lab.Setup {
	s := Default()
	s.Depth, s.Steps = 3, 50
	if change != nil {
		change(&s)
	}
	return s
}

func TestAPageOpensTrainsAndLooks(t *testing.T) {
	t.Parallel()
	var h Host
	setup := small(nil)
	view, _ := ask[View](t, &h, "open", request{Setup: setup})
	require.Len(t, view.Layers, setup.Depth)
	require.NotNil(t, view.Plane)
	assert.Len(t, view.Plane.Labels, shownPoints)
	assert.InDelta(t, math.Ln2, float64(view.Guessing), 1e-12)

	progress, _ := ask[Progress](t, &h, "train", request{Steps: 30})
	assert.Len(t, progress.Losses, 30)
	assert.False(t, progress.Done)
	progress, _ = ask[Progress](t, &h, "train", request{Steps: 30})
	assert.Len(t, progress.Losses, 20, "the setup's steps end it")
	assert.True(t, progress.Done)

	picture, pixels := ask[Picture](t, &h, "picture", request{Layer: 2})
	assert.Equal(t, setup.Width, picture.Units)
	assert.Len(t, pixels, side*side*(1+setup.Width))
	after, _ := ask[View](t, &h, "view", request{})
	assert.Equal(t, 50, after.Step)
	assert.Nil(t, after.Plane)
	assert.NotEqual(t, view.Loss, after.Loss)
}

func TestTheViewHasTheNumbersOfTheTerminal(t *testing.T) {
	t.Parallel()
	setup := small(func(s *lab.Setup) { s.Scheme = "xavier-normal; 2.*=normal(0,0.5)" })
	s, err := Open(setup)
	require.NoError(t, err)
	e, err := lab.New(setup)
	require.NoError(t, err)
	want := e.Hidden(e.Measure())
	view := s.View(false)
	for i, l := range view.Layers {
		assert.InDelta(t, want[i].Activation.Std, float64(l.Signal), 0)
		assert.InDelta(t, want[i].Gradient.Std, float64(l.Gradient), 0)
	}
	assert.InDelta(t, e.Loss(), float64(view.Loss), 0)

	other := setup
	other.Scheme = "zeros"
	command, err := Command(setup, other)
	require.NoError(t, err)
	assert.Contains(t, command, "heft lab init ")
	assert.Contains(t, command, "--schemes 'xavier-normal; 2.*=normal(0,0.5),zeros'")
	assert.Contains(t, command, "--seeds 1")
	_, schemes, _ := strings.Cut(command, "--schemes '")
	schemes, _, _ = strings.Cut(schemes, "'")
	cases, err := lab.ParseCases(schemes)
	require.NoError(t, err, "the terminal reads what the page writes")
	assert.Len(t, cases, 2)
	same, err := Command(setup, setup)
	require.NoError(t, err)
	assert.NotContains(t, same, "zeros")
}

func TestAnExplosionKeepsTheNetworkThatExploded(t *testing.T) {
	t.Parallel()
	s, err := Open(small(func(s *lab.Setup) { s.Depth, s.Width, s.Scheme, s.LR = 30, 64, "normal(0,1)", 1 }))
	require.NoError(t, err)
	p := s.Train(50)
	require.NotNil(t, p.Exploded)
	assert.True(t, p.Done)
	assert.Equal(t, len(p.Losses)-1, p.Exploded.Step)
	assert.Positive(t, p.Exploded.Layer)
	assert.False(t, finite(float64(p.Losses[p.Exploded.Step])))
	assert.Equal(t, p.Exploded.Step, p.Step, "the step that broke it is not one of its own")
	assert.Equal(t, p.Exploded.Step, s.View(false).Step)
	assert.Empty(t, s.Train(5).Losses, "nothing comes back from NaN")
	text, err := json.Marshal(s.View(false))
	require.NoError(t, err, "NaN and infinities are text")
	assert.Contains(t, string(text), `"loss":"NaN"`)
	_, pixels, err := s.Picture(1)
	require.NoError(t, err)
	assert.Contains(t, pixels[:side*side], byte(noProbability))
}

func TestAllZerosStaysOneUnitWide(t *testing.T) {
	t.Parallel()
	s, err := Open(small(func(s *lab.Setup) { s.Scheme = "zeros" }))
	require.NoError(t, err)
	s.Train(20)
	_, pixels, err := s.Picture(2)
	require.NoError(t, err)
	for unit := range s.experiment.Setup.Width {
		assert.Equal(t, pixels[side*side:2*side*side], pixels[(1+unit)*side*side:(2+unit)*side*side])
	}
}

func TestDigitsShowTheWeightsOfTheFirstLayer(t *testing.T) {
	t.Parallel()
	s, err := Open(small(func(s *lab.Setup) { s.Data = "digits" }))
	require.NoError(t, err)
	assert.Nil(t, s.View(true).Plane)
	p, pixels, err := s.Picture(1)
	require.NoError(t, err)
	assert.Equal(t, Picture{Side: 8, Units: 16, Layer: 1, Scale: p.Scale}, p)
	assert.Len(t, pixels, 16*64)
	w := s.experiment.Store.Param("0.weight").Data
	assert.Equal(t, valueByte(w[0], float32(p.Scale)), pixels[56], "the first pixel is above the others' rows")
}

func TestPicturesAreTheBytesOfWhatTheNetworkReturns(t *testing.T) {
	t.Parallel()
	s, err := Open(small(nil))
	require.NoError(t, err)
	_, pixels, err := s.Picture(1)
	require.NoError(t, err)
	m, plane := s.experiment.Map(side)
	require.True(t, plane)
	for i, p := range m.P {
		require.Equal(t, probabilityByte(p), pixels[i])
	}
	assert.Equal(t, byte(127), valueByte(2, 2))
	assert.Equal(t, byte(0x81), valueByte(-2, 2))
	assert.Equal(t, byte(0), valueByte(0, 0))
	assert.Equal(t, byte(noValue), valueByte(float32(math.Inf(1)), 2))
	assert.Equal(t, byte(noProbability), probabilityByte(float32(math.NaN())))
	assert.Equal(t, byte(254), probabilityByte(1))
}

func TestWeightsGoOutAndComeBack(t *testing.T) {
	t.Parallel()
	var a, b Host
	ask[View](t, &a, "open", request{Setup: small(nil)})
	ask[Progress](t, &a, "train", request{Steps: 10})
	trained, _ := ask[View](t, &a, "view", request{})
	_, file := ask[struct{}](t, &a, "save", request{})

	ask[View](t, &b, "open", request{Setup: small(func(s *lab.Setup) { s.Scheme = "zeros" })})
	answer, _, err := b.Call("load", nil, file)
	require.NoError(t, err)
	var loaded View
	require.NoError(t, json.Unmarshal(answer, &loaded))
	assert.Equal(t, trained.Layers, loaded.Layers)

	ask[View](t, &b, "open", request{Setup: small(func(s *lab.Setup) { s.Width = 8 })})
	before, _ := ask[View](t, &b, "view", request{})
	_, _, err = b.Call("load", nil, file)
	require.ErrorContains(t, err, "another network")
	_, _, err = b.Call("load", nil, file[:100])
	require.Error(t, err)
	_, _, err = b.Call("load", nil, nil)
	require.Error(t, err)
	after, _ := ask[View](t, &b, "view", request{})
	assert.Equal(t, before, after)
}

// What the optimizer remembers of an explosion would break the new weights as well.
func TestANetworkThatExplodedGoesOnWithWeightsOfAFile(t *testing.T) {
	t.Parallel()
	for _, optimizer := range []string{"sgd", "adamw"} {
		breaking := small(func(s *lab.Setup) { s.Optimizer, s.LR, s.Scheme = optimizer, 0.01, "normal(0,1e15)" })
		if optimizer == "sgd" {
			breaking.Momentum = 0.9
		}
		s, err := Open(breaking)
		require.NoError(t, err)
		exploded := s.Train(50).Exploded
		require.NotNil(t, exploded, optimizer)
		sound, err := Open(small(nil))
		require.NoError(t, err)
		file, err := sound.Save()
		require.NoError(t, err)
		require.NoError(t, s.Load(file))
		p := s.Train(50)
		assert.Nil(t, p.Exploded, optimizer)
		assert.Len(t, p.Losses, 50-exploded.Step, optimizer)
	}
}

func TestRequestsThatCannotBeAreErrors(t *testing.T) {
	t.Parallel()
	var h Host
	for _, method := range []string{"view", "train", "picture", "save", "load", "dance"} {
		_, _, err := h.Call(method, nil, nil)
		require.ErrorContains(t, err, "no experiment is open", method)
	}
	_, _, err := h.Call("open", []byte(`{"setup":{"depth":2.5}}`), nil)
	require.ErrorContains(t, err, "cannot be read")
	for want, change := range map[string]func(s *lab.Setup){
		"depth is 51":      func(s *lab.Setup) { s.Depth = 51 },
		"width is 1000":    func(s *lab.Setup) { s.Width = 1000 },
		"batch is 0":       func(s *lab.Setup) { s.Batch = 0 },
		"steps is 1000000": func(s *lab.Setup) { s.Steps = 1_000_000 },
		"lr is 0":          func(s *lab.Setup) { s.LR = 0 },
		"momentum is 1":    func(s *lab.Setup) { s.Momentum = 1 },
		"seed is 9007199254740992, but must be from 0 to 9007199254740991": func(s *lab.Setup) { s.Seed = 1 << 53 },
		`data is "mnist"`:   func(s *lab.Setup) { s.Data = "mnist" },
		`called "abnormal"`: func(s *lab.Setup) { s.Scheme = "abnormal" },
		"activation":        func(s *lab.Setup) { s.Activation = "swoosh" },
		"dirac":             func(s *lab.Setup) { s.Scheme = "dirac" },
	} {
		setup := small(change)
		arguments, err := json.Marshal(request{Setup: setup})
		require.NoError(t, err)
		_, _, err = h.Call("open", arguments, nil)
		require.ErrorContains(t, err, want)
	}
	ask[View](t, &h, "open", request{Setup: small(nil)})
	_, _, err = h.Call("picture", []byte(`{"layer":4}`), nil)
	require.ErrorContains(t, err, "layer is 4, but must be from 1 to 3")
	_, _, err = h.Call("dance", nil, nil)
	require.ErrorContains(t, err, `"dance"`)
}

func TestTheCatalogueHasWhatThePackagesKnow(t *testing.T) {
	t.Parallel()
	var h Host
	c, _ := ask[Catalogue](t, &h, "catalogue", request{})
	assert.Equal(t, Default(), c.Default)
	assert.Subset(t, c.Data, []string{"circles", "xor", "spiral", "gauss", "digits"})
	assert.NotContains(t, c.Data, "mnist")
	var names []string
	for _, s := range c.Schemes {
		names = append(names, s.Name)
	}
	known, _ := initializer.Names()
	assert.Equal(t, append(known, lab.LSUVScheme), names)
}

// A page that asks for a number finds its bounds by the name that it has in a setup.
func TestEveryNumberOfASetupHasItsBounds(t *testing.T) {
	t.Parallel()
	s := Default()
	s.Momentum = 0.5 // which JSON leaves out where it is 0
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(text, &fields))
	var numbers, bounded []string
	for name, value := range fields {
		if _, number := value.(float64); number {
			numbers = append(numbers, name)
		}
	}
	for _, b := range bounds {
		bounded = append(bounded, b.Name)
		assert.InDelta(t, fields[b.Name], b.of(s), 0, b.Name)
	}
	assert.ElementsMatch(t, numbers, bounded)
	require.NoError(t, check(s))
}

func TestEveryDataSetOpens(t *testing.T) {
	t.Parallel()
	for _, name := range dataNames() {
		_, err := Open(small(func(s *lab.Setup) { s.Data = name }))
		require.NoError(t, err, name)
	}
}

func FuzzCall(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"setup":{"data":"xor","depth":2,"width":4,"activation":"tanh","scheme":"zeros","optimizer":"sgd","lr":0.1,"batch":4,"steps":5}}`,
		`{"setup":{"depth":-1}}`, `{"steps":1e99}`, `[]`, `{"setup":{"scheme":"a;b=c"}}`, "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var h Host
		for _, method := range []string{"open", "command"} {
			if _, _, err := h.Call(method, []byte(text), nil); err != nil {
				assert.NotContains(t, err.Error(), "the engine failed")
			}
		}
	})
}
