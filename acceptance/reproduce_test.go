package acceptance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/internal/testmode"
)

// everySet is a short training of every kind of data set and of every kind of model, and what it needs to find its data.
var everySet = []struct {
	name    string
	quick   bool // also without -long
	train   []string
	data    []string
	tensors int
}{
	{"digits", false, []string{"digits"}, nil, 6},
	{"moons", true, []string{"moons"}, nil, 6},
	{"spiral", false, []string{"spiral"}, nil, 6},
	{"xor", false, []string{"xor"}, nil, 6},
	{"circles", false, []string{"circles"}, nil, 6},
	{"numbers", true, []string{"csv:houses.csv", "--target", "price"}, nil, 6},
	{"classes", false, []string{"csv:houses.csv", "--target", "town", "--drop", "rooms"}, nil, 6},
	{"images", true, []string{"images:stripes"}, nil, 6},
	{"idx", true, []string{"mnist"}, []string{"--data", "idx"}, 6},
	{"lenet300", false, []string{"digits", "--model", "lenet300"}, nil, 6},
	{"lenet", true, []string{"images:stripes", "--model", "lenet", "--image-size", "12x12", "--augment", "shift:1,flip"}, nil, 10},
	{"cnn", false, []string{"digits", "--model", "cnn"}, nil, 8},
	{"resnet", true, []string{"images:stripes", "--model", "resnet:8", "--batch", "8", "--augment", "shift:1,normalize"}, nil, 47},
	{"gpt", true, []string{"text:rays.txt", "--model", "gpt:layers=1,width=16,heads=2,context=16", "--dropout", "0.1"}, nil, 16},
	{"llama", false, []string{"text:rays.txt", "--model", "llama:layers=1,width=16,heads=2,kv=1,context=16"}, nil, 12},
	{"charrnn", true, []string{"text:rays.txt", "--model", "charrnn:cell=gru,layers=2,width=16,context=16", "--tokenizer", "bpe:270"}, nil, 11},
}

func TestEveryDataSetAndModelIsReproducedBitForBitOnOneProcessorAndTwo(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.writeSamples(t)
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
				train := slices.Concat([]string{"train", "--save-dtype", dt, "--quiet"}, length(set.train[0], 3), set.train, set.data)
				one.must(t, append(train, "--out", dir)...)
				two.must(t, append(train, "--out", dir+"-two")...)
				assert.True(t, s.read(t, dir+"/model.safetensors") == s.read(t, dir+"-two/model.safetensors"), "two processors give other weights")
				for _, on := range []shell{one, two} {
					out := on.must(t, append([]string{"reproduce", "--quiet", dir}, set.data...)...)
					assert.Regexp(t, fmt.Sprintf(`^bit-equal: %d tensors, \d+ values as %s, `, set.tensors, strings.ToUpper(dt)), out)
				}
			})
		}
	}
}
