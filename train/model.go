package train

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// Largest sizes that a model given as text may have: they keep a slip of the finger from taking all memory.
const (
	maxWidth  = 1 << 16
	maxLayers = 1 << 10
)

// samples is what a model sees of a data set.
type samples struct {
	features int          // numbers of one
	image    models.Image // zero where they are no images
	outputs  int          // classes, or numbers of a target
}

// network declares a model for a data set.
type network func(s *nn.Scope, c Config, in samples) nn.Layer

// family is a kind of model that --model can name. A new one is a row of families.
type family struct {
	name    string
	form    string // how it is written, with its sizes
	about   string
	images  bool          // it takes images alone
	hidden  bool          // it has layers for --dropout
	start   func(*Config) // its own defaults; nil where those of the data serve
	network func(text, sizes string, given bool) (network, error)
}

var families = []family{
	{"mlp", "mlp:WIDTH,WIDTH,...", "perceptron with hidden layers of these widths, or none", false, true, nil, perceptron},
	{"lenet300", "lenet300", "LeNet-300-100, a perceptron", false, true, likeLeNet, plain(
		func(s *nn.Scope, c Config, in samples) nn.Layer {
			return models.NewLeNet300(s, models.LeNet300Config{Features: in.features, Outputs: in.outputs, Activation: c.Activation, Dropout: c.Dropout})
		})},
	{"lenet5", "lenet5", "LeNet-5, for images; lenet is the same", true, true, likeLeNet, plain(newLeNet5)},
	{"lenet", "lenet", "", true, true, likeLeNet, plain(newLeNet5)},
	{"cnn", "cnn", "two convolutions with 32 and 64 planes, for images", true, true, likeCNN, plain(
		func(s *nn.Scope, c Config, in samples) nn.Layer {
			return models.NewCNN(s, models.CNNConfig{Image: in.image, Outputs: in.outputs, Activation: c.Activation, Dropout: c.Dropout})
		})},
	{"resnet", "resnet:DEPTH", "residual network of that depth, 6n+2, for images", true, false, likeResNet, residual},
	{"resnet20", "resnet20", "resnet:20", true, false, likeResNet, plain(newResNet(20))},
}

func newLeNet5(s *nn.Scope, c Config, in samples) nn.Layer {
	return models.NewLeNet5(s, models.LeNet5Config{Image: in.image, Outputs: in.outputs, Activation: c.Activation, Dropout: c.Dropout})
}

func newResNet(depth int) network {
	return func(s *nn.Scope, c Config, in samples) nn.Layer {
		return models.NewResNet(s, models.ResNetConfig{Image: in.image, Outputs: in.outputs, Depth: depth, Activation: c.Activation})
	}
}

// The defaults of models, where they are not those of the data set.

func likeLeNet(c *Config) { c.Dropout, c.Batch, c.LR = 0.1, 64, 2e-3 }

func likeCNN(c *Config) { c.Dropout, c.Batch, c.LR = 0.5, 64, 1e-3 }

// likeResNet trains as the paper does, but for a schedule that gets as far in fewer epochs. Garments, unlike digits, are
// the same in a mirror.
func likeResNet(c *Config) {
	c.Optimizer, c.Momentum, c.LR, c.WeightDecay, c.Schedule = "sgd", 0.9, 0.1, 5e-4, "one-cycle"
	c.Dropout, c.Batch = 0, 128
	if c.Spec.Name == "fashion-mnist" {
		c.Augment = "shift:2,flip,normalize"
	}
}

// parseModel reads a model. The error says what is not understood.
func parseModel(text string) (family, network, error) {
	kind, sizes, given := strings.Cut(text, ":")
	for _, f := range families {
		if f.name == kind {
			n, err := f.network(text, sizes, given)
			return f, n, err
		}
	}
	if isLanguage(text) {
		return family{}, nil, fmt.Errorf("model %.100q is for a text: use it with text or text:PATH", text)
	}
	if depth, ok := strings.CutPrefix(kind, "resnet"); ok && depth != "" && strings.Trim(depth, "0123456789") == "" {
		return family{}, nil, fmt.Errorf("no model is called %.40q: write resnet:DEPTH, with a depth of 6n+2 for n blocks a stage: 8, 14, 20, ..., as in resnet:20", kind)
	}
	var forms []string
	for _, f := range families {
		forms = append(forms, f.form)
	}
	return family{}, nil, fmt.Errorf("no model is called %q%s: use one of %s, as in mlp:300,100", text, suggest.For(text, forms), strings.Join(forms, ", "))
}

// ModelNames lists the models that a configuration can name, as they are written, and a line about each.
func ModelNames() (forms, about []string) {
	for _, f := range families {
		if f.about != "" {
			forms, about = append(forms, f.form), append(about, f.about)
		}
	}
	for _, l := range languages {
		forms, about = append(forms, l.form()), append(about, l.about)
	}
	return forms, about
}

// plain makes a model that has no sizes to choose.
func plain(n network) func(text, sizes string, given bool) (network, error) {
	return func(text, _ string, given bool) (network, error) {
		if given {
			name, _, _ := strings.Cut(text, ":")
			return nil, fmt.Errorf("model %q: %s takes no sizes", text, name)
		}
		return n, nil
	}
}

// perceptron reads the hidden widths of a perceptron: mlp:300,100, or mlp for a linear classifier.
func perceptron(text, sizes string, given bool) (network, error) {
	var hidden []int
	if given {
		for w := range strings.SplitSeq(sizes, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(w))
			if err != nil || n < 1 || n > maxWidth {
				return nil, fmt.Errorf("model %q: width %q must be a whole number from 1 to %d", text, w, maxWidth)
			}
			hidden = append(hidden, n)
		}
	}
	if len(hidden) > maxLayers {
		return nil, fmt.Errorf("model %q: %d hidden layers, but at most %d are allowed", text, len(hidden), maxLayers)
	}
	return func(s *nn.Scope, c Config, in samples) nn.Layer {
		widths := append(append([]int{in.features}, hidden...), in.outputs)
		return nn.NewMLPOf(s, nn.MLPConfig{Widths: widths, Activation: c.Activation, Dropout: c.Dropout})
	}, nil
}

// residual reads the depth of a residual network: resnet:20.
func residual(text, sizes string, _ bool) (network, error) {
	depth, err := strconv.Atoi(sizes)
	if err != nil {
		return nil, fmt.Errorf("model %q: the depth must be a whole number, as in resnet:20", text)
	}
	if err := (models.ResNetConfig{Image: models.Image{Channels: 1, Height: 1, Width: 1}, Outputs: 1, Depth: depth}).Check(); err != nil {
		return nil, fmt.Errorf("model %q: %w", text, err)
	}
	return newResNet(depth), nil
}
