package data

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckNamesTheSettingThatIsWrong(t *testing.T) {
	t.Parallel()
	moons := Spec{Name: "moons", Test: 0.2}
	iris := Spec{Name: "csv:iris.csv", Target: "species", Test: 0.2}
	for want, s := range map[string]Spec{
		`unknown data set "emnist" (did you mean mnist?): known are digits, moons, spiral, xor, circles, gauss, mnist, fashion-mnist, csv:PATH, images:DIR, text and text:PATH`: {Name: "emnist"},
		`unknown data set "": known are digits, moons, spiral, xor, circles, gauss, mnist, fashion-mnist, csv:PATH, images:DIR, text and text:PATH`:                             {},
		`data set "csv:" names no file: write csv:PATH, as in csv:iris.csv`:                                                                                                     {Name: "csv:", Target: "a", Test: 0.2},
		`no target: name the column that is to be predicted`:                                                                                                                    {Name: "csv:a", Test: 0.2},
		`no task is called "\x1b": use classification or regression`:                                                                                                            {Name: "csv:a", Target: "a", Task: "\x1b", Test: 0.2},
		`test is 0, but must be from 0.001 to 0.9`:                                                                                                                              {Name: "moons"},
		`test is 1e-300, but must be from 0.001 to 0.9`:                                                                                                                         {Name: "moons", Test: 1e-300},
		`test is 0.91, but must be from 0.001 to 0.9`:                                                                                                                           {Name: "csv:a", Target: "a", Test: 0.91},
		`test is NaN, but must be from 0.001 to 0.9`:                                                                                                                            {Name: "xor", Test: math.NaN()},
		`validation is -0.1, but must be 0 or from 0.001 to 0.9`:                                                                                                                {Name: "digits", Validation: -0.1},
		`validation is NaN, but must be 0 or from 0.001 to 0.9`:                                                                                                                 {Name: "moons", Test: 0.2, Validation: math.NaN()},
		`validation is 0.0001, but must be 0 or from 0.001 to 0.9`:                                                                                                              {Name: "csv:a", Target: "a", Test: 0.2, Validation: 1e-4},
		`target is a setting of csv:PATH: data set "digits" takes none`:                                                                                                         {Name: "digits", Target: "a"},
		`task is a setting of csv:PATH: data set "moons" takes none`:                                                                                                            {Name: "moons", Test: 0.2, Task: Regression},
		`categories is a setting of csv:PATH: data set "moons" takes none`:                                                                                                      {Name: "moons", Test: 0.2, Categories: []string{"x"}},
		`drop_columns is a setting of csv:PATH: data set "moons" takes none`:                                                                                                    {Name: "moons", Test: 0.2, Drop: []string{"x"}},
		`channels is a setting of images:DIR: data set "digits" takes none`:                                                                                                     {Name: "digits", Channels: 1},
		`image_size is a setting of images:DIR: data set "csv:a" takes none`:                                                                                                    {Name: "csv:a", Target: "a", Test: 0.2, ImageSize: "8x8"},
		`target is a setting of csv:PATH: data set "images:a" takes none`:                                                                                                       {Name: "images:a", Target: "a", Test: 0.2},
		`data set "images:" names no folder: write images:DIR, as in images:flowers`:                                                                                            {Name: "images:", Test: 0.2},
		`channels is 2, but must be 1 (gray), 3 (red, green and blue) or 0 (as the images are)`:                                                                                 {Name: "images:a", Channels: 2, Test: 0.2},
		`image_size is "28", but must be WIDTHxHEIGHT in pixels, 1 to 4096 each, as in 28x28`:                                                                                   {Name: "images:a", ImageSize: "28", Test: 0.2},
		`image_size is "0x8", but must be WIDTHxHEIGHT in pixels, 1 to 4096 each, as in 28x28`:                                                                                  {Name: "images:a", ImageSize: "0x8", Test: 0.2},
		`image_size is "8x5000", but must be WIDTHxHEIGHT in pixels, 1 to 4096 each, as in 28x28`:                                                                               {Name: "images:a", ImageSize: "8x5000", Test: 0.2},
		`image_size is "8x8x3", but must be WIDTHxHEIGHT in pixels, 1 to 4096 each, as in 28x28`:                                                                                {Name: "images:a", ImageSize: "8x8x3", Test: 0.2},
		`image_size is "\x1b", but must be WIDTHxHEIGHT in pixels, 1 to 4096 each, as in 28x28`:                                                                                 {Name: "images:a", ImageSize: "\x1b", Test: 0.2},
	} {
		assert.EqualError(t, s.Check(), want)
		_, err := Load(s)
		assert.EqualError(t, err, want)
	}
	for _, s := range []Spec{moons, iris, {Name: "digits"}, {Name: "digits", Test: 77, Validation: 0.9}, {Name: "mnist"}, {Name: "fashion-mnist", Validation: 0.1},
		{Name: "images:a", Test: 0.2}, {Name: "images:a", Test: 0.2, Channels: 3, ImageSize: "32x24"}} {
		assert.NoError(t, s.Check(), "%+v", s)
	}
}

func TestSpecSurvivesJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []Spec{
		{Name: "digits", Test: 0.2, Validation: 0.1, Seed: math.MaxUint64},
		{Name: "csv:a.csv", Target: "y", Task: Regression, Categories: []string{"zip"}, Drop: []string{"id", "note"}, Test: 0.3},
		{Name: "csv:a.csv", Target: "y", Categories: []string{}, Drop: []string{}},
		{Name: "images:flowers", Channels: 3, ImageSize: "32x24", Test: 0.2},
	} {
		text, err := json.Marshal(s)
		require.NoError(t, err)
		var again Spec
		require.NoError(t, json.Unmarshal(text, &again))
		assert.Equal(t, s, again)
	}
	text, err := json.Marshal(Spec{Name: "moons", Test: 0.2, Validation: 0.1, Seed: 1})
	require.NoError(t, err)
	assert.Equal(t, `{"data":"moons","test":0.2,"validation":0.1,"data_seed":1}`, string(text))
}
