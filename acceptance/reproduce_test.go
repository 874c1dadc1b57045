package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/internal/testmode"
)

// everySet is a short training of every kind of data set, and what it needs to find its data.
var everySet = []struct {
	name  string
	quick bool // also without -long
	train []string
	data  []string
}{
	{"digits", false, []string{"digits"}, nil},
	{"moons", true, []string{"moons"}, nil},
	{"spiral", false, []string{"spiral"}, nil},
	{"xor", false, []string{"xor"}, nil},
	{"circles", false, []string{"circles"}, nil},
	{"numbers", true, []string{"csv:houses.csv", "--target", "price"}, nil},
	{"classes", false, []string{"csv:houses.csv", "--target", "town", "--drop", "rooms"}, nil},
	{"images", true, []string{"images:stripes"}, nil},
	{"idx", true, []string{"mnist"}, []string{"--data", "idx"}},
}

func TestEveryDataSetIsReproducedBitForBitOnOneProcessorAndTwo(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.writeHouses(t)
	s.writeImages(t, "stripes")
	s.writeIDX(t, "idx")
	one, two := s.with("GOMAXPROCS=1"), s.with("GOMAXPROCS=2")
	for _, set := range everySet {
		if !set.quick && !testmode.Long() {
			continue
		}
		for _, dt := range []string{"f32", "bf16"} {
			t.Run(set.name+" "+dt, func(t *testing.T) {
				t.Parallel()
				dir := set.name + "-" + dt
				train := append(append([]string{"train", "--epochs", "3", "--save-dtype", dt, "--quiet"}, set.train...), set.data...)
				one.must(t, append(train, "--out", dir)...)
				two.must(t, append(train, "--out", dir+"-two")...)
				assert.True(t, s.read(t, dir+"/model.safetensors") == s.read(t, dir+"-two/model.safetensors"), "two processors give other weights")
				for _, on := range []shell{one, two} {
					out := on.must(t, append([]string{"reproduce", "--quiet", dir}, set.data...)...)
					assert.Regexp(t, `^bit-equal: 6 tensors, \d+ values as `+strings.ToUpper(dt)+`, `, out)
				}
			})
		}
	}
}
