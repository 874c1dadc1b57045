package data

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// picture is an input of images in colour.
func picture() *Input {
	return &Input{
		Kind: ImageInput, Width: 32, Height: 24, Channels: 3,
		PixelMean: []float64{0.5, 0.4, 0.3}, PixelStd: []float64{0.2, 0.2, 0.25},
		Target: Column{Name: "class", Kind: CategoryColumn, Values: []string{"cat", "dog"}},
	}
}

func marshal(t testing.TB, in *Input) []byte {
	t.Helper()
	text, err := json.Marshal(in)
	require.NoError(t, err)
	return text
}

func TestInputSurvivesJSON(t *testing.T) {
	t.Parallel()
	inputs := []*Input{flat(false), flat(true), picture()}
	for _, target := range []string{"kind", "yield"} {
		p, err := LoadTable(forPlants(target), tableOf(t, plants(60)))
		require.NoError(t, err)
		inputs = append(inputs, p.Input)
	}
	for _, in := range inputs {
		again, err := ParseInput(marshal(t, in))
		require.NoError(t, err)
		assert.Equal(t, in, again)
	}
}

// What is stored with weights must be readable by later versions: the keys stay.
func TestJSONOfAnInputNeverChanges(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"kind": "table", "columns": [
			{"name": "rooms", "kind": "number", "mean": 3, "std": 2},
			{"name": "heating", "kind": "category", "values": ["coal", "gas", "oil"]},
			{"name": "size", "kind": "number", "mean": 80, "std": 20}
		], "dropped": ["id"], "target": {"name": "rent", "kind": "number", "mean": 500, "std": 100}}`, string(marshal(t, flat(true))))
	assert.JSONEq(t, `{"kind": "image", "width": 32, "height": 24, "channels": 3,
		"pixel_mean": [0.5, 0.4, 0.3], "pixel_std": [0.2, 0.2, 0.25],
		"target": {"name": "class", "kind": "category", "values": ["cat", "dog"]}}`, string(marshal(t, picture())))
}

func TestParseInputSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	huge := numbered("", maxValues+1)
	for want, spoil := range map[string]func(in *Input){
		`input: kind is "sound\x1b", but must be "table" or "image"`:                                                  func(in *Input) { in.Kind = "sound\x1b" },
		`input: a table has no columns`:                                                                               func(in *Input) { in.Columns = nil },
		`input: a table has no size in pixels`:                                                                        func(in *Input) { in.Width = 3 },
		`input: 32769 columns, but at most 32768 are allowed`:                                                         func(in *Input) { in.Dropped = numbered("d", maxColumns-2) },
		`input: column "rooms" is there twice`:                                                                        func(in *Input) { in.Columns[2].Name = "rooms" },
		`input: column "class" is there twice`:                                                                        func(in *Input) { in.Columns[2].Name = "class" },
		`input: column "size" is there twice`:                                                                         func(in *Input) { in.Dropped = []string{"size"} },
		`input: dropped column: the name "" has 0 bytes of text, but must have 1 to 1024`:                             func(in *Input) { in.Dropped = []string{""} },
		`input: column 1: the name "` + strings.Repeat("x", 40) + `" has 1025 bytes of text, but must have 1 to 1024`: func(in *Input) { in.Columns[0].Name = strings.Repeat("x", 1025) },
		`input: target: the name "" has 0 bytes of text, but must have 1 to 1024`:                                     func(in *Input) { in.Target = Column{} },
		`input: column 1: "rooms" is of kind "", but must be "number" or "category"`:                                  func(in *Input) { in.Columns[0].Kind = "" },
		`input: column 1: "rooms" is of numbers and lists categories`:                                                 func(in *Input) { in.Columns[0].Values = []string{"a"} },
		`input: column 1: mean 3 and std 0: must be finite, and std above 0`:                                          func(in *Input) { in.Columns[0].Std = 0 },
		`input: column 1: mean 3 and std -1: must be finite, and std above 0`:                                         func(in *Input) { in.Columns[0].Std = -1 },
		`input: column 1: mean 1e+39 and std 2: must be finite, and std above 0`:                                      func(in *Input) { in.Columns[0].Mean = 1e39 },
		`input: column 1: mean 3 and std 1e+300: must be finite, and std above 0`:                                     func(in *Input) { in.Columns[0].Std = 1e300 },
		`input: column 2: "heating" is of categories and has a mean or a std`:                                         func(in *Input) { in.Columns[1].Mean = 1 },
		`input: column 2: "heating" has 0 categories, but must have 1 to 1000`:                                        func(in *Input) { in.Columns[1].Values = nil },
		`input: column 2: "heating" has 1001 categories, but must have 1 to 1000`:                                     func(in *Input) { in.Columns[1].Values = huge },
		`input: column 2: "heating" has category "gas" twice`:                                                         func(in *Input) { in.Columns[1].Values = []string{"gas", "oil", "gas"} },
		`input: column 2: "heating", a category: the name "" has 0 bytes of text, but must have 1 to 1024`:            func(in *Input) { in.Columns[1].Values = []string{""} },
		`input: target: "class" has 1001 categories, but must have 1 to 1000`:                                         func(in *Input) { in.Target.Values = huge },
		`input: an image has no columns`:                                                                              func(in *Input) { *in = *picture(); in.Dropped = []string{"a"} },
		`input: an image is 0 by 24 pixels, but must be 1 to 4096 by 1 to 4096`:                                       func(in *Input) { *in = *picture(); in.Width = 0 },
		`input: an image is 32 by 4097 pixels, but must be 1 to 4096 by 1 to 4096`:                                    func(in *Input) { *in = *picture(); in.Height = 4097 },
		`input: an image has 2 channels, but must have 1 or 3`:                                                        func(in *Input) { *in = *picture(); in.Channels = 2 },
		`input: an image has 50331648 numbers, but at most 1048576 are allowed`:                                       func(in *Input) { *in = *picture(); in.Width, in.Height = 4096, 4096 },
		`input: 3 means and 2 stds of pixels for 3 channels`:                                                          func(in *Input) { *in = *picture(); in.PixelStd = in.PixelStd[:2] },
		`input: channel 2: mean 0.4 and std 0: must be finite, and std above 0`:                                       func(in *Input) { *in = *picture(); in.PixelStd[1] = 0 },
	} {
		in := flat(false)
		spoil(in)
		parsed, err := ParseInput(marshal(t, in))
		assert.EqualError(t, err, want)
		assert.Nil(t, parsed)
	}
}

func TestParseInputRefusesTooManyFeatures(t *testing.T) {
	t.Parallel()
	in := flat(false)
	values := numbered("", maxValues)
	for _, name := range numbered("c", 1049) {
		in.Columns = append(in.Columns, Column{Name: name, Kind: CategoryColumn, Values: values})
	}
	_, err := ParseInput(marshal(t, in))
	assert.EqualError(t, err, `input: a sample has 1049005 numbers, but at most 1048576 are allowed: drop columns`)
}

func TestParseInputRefusesWhatIsNoInput(t *testing.T) {
	t.Parallel()
	good := string(marshal(t, flat(false)))
	for want, text := range map[string]string{
		`input: not the JSON of an input: EOF`:                                                "",
		`input: not the JSON of an input: unexpected EOF`:                                     good[:len(good)/2],
		`input: not the JSON of an input: json: unknown field "colour\x1b"`:                   `{"colour\u001b": 1}`,
		`input: not the JSON of an input: json: cannot unmarshal array into Go value of type`: `[]`,
		`input: not the JSON of an input: json: cannot unmarshal number 1e999 into Go struct`: strings.Replace(good, `"mean":3`, `"mean":1e999`, 1),
		`input: text follows the JSON`:                                                        good + "{}",
		`input: 8388609 bytes, but at most 8388608 are allowed`:                               strings.Repeat(" ", maxInput+1),
		`input: target: the name "" has 0 bytes of text, but must have 1 to 1024`:             `null`,
	} {
		_, err := ParseInput([]byte(text))
		if assert.ErrorContains(t, err, want) {
			assert.False(t, strings.ContainsAny(err.Error(), "\x1b\n"), "%q", err.Error())
		}
	}
}

func FuzzParseInput(f *testing.F) {
	for _, in := range []*Input{flat(false), flat(true), picture()} {
		f.Add(marshal(f, in))
	}
	for _, seed := range []string{"", "{}", "null", `{"kind":"table","columns":[{}],"target":{"name":"y","kind":"number","std":1}}`, `{"kind":"table","columns":[{"name":"x","kind":"number","std":1e-320}],"dropped":[],"target":{"name":"y","kind":"number","mean":-0.0,"std":1}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := ParseInput(text)
		if err != nil {
			require.Nil(t, in)
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.NoError(t, in.seal())
		again, err := ParseInput(marshal(t, in))
		require.NoError(t, err)
		require.Equal(t, in, again)
		require.LessOrEqual(t, in.Features(), maxFeatures)
		if in.Kind == TableInput {
			_, err := in.Encode(&Table{Name: "t.csv", Header: []string{"x"}})
			require.Error(t, err)
		}
	})
}
