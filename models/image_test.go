package models_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

func newStore() *nn.Store { return nn.NewStore(1, initializer.KaimingNormal()) }

func zeros(shape ...int) *nn.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return autograd.From(make([]float32, n), shape...)
}

func TestConfigurationsOfImageNetworksNameTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	digit := models.Image{Channels: 1, Height: 8, Width: 8}
	for want, config := range map[string]interface{ Check() error }{
		"lenet300: Features is 0":                      models.LeNet300Config{Outputs: 1},
		"lenet300: Outputs is 0":                       models.LeNet300Config{Features: 1},
		"lenet300: Dropout is 1":                       models.LeNet300Config{Features: 1, Outputs: 1, Dropout: 1},
		`lenet300: Activation is "swi"`:                models.LeNet300Config{Features: 1, Outputs: 1, Activation: "swi"},
		"lenet5: Image is 1x8x8, but images must have": models.LeNet5Config{Image: digit, Outputs: 1},
		"lenet5: Dropout is NaN":                       models.LeNet5Config{Image: models.Image{Channels: 1, Height: 12, Width: 12}, Outputs: 1, Dropout: math.NaN()},
		"cnn: Image is 0x8x8":                          models.CNNConfig{Image: models.Image{Height: 8, Width: 8}, Outputs: 1},
		"cnn: Outputs is -1":                           models.CNNConfig{Image: digit, Outputs: -1},
		"cnn: Image is 1x2097152x8, but channels":      models.CNNConfig{Image: models.Image{Channels: 1, Height: 1 << 21, Width: 8}, Outputs: 1},
		"cnn: Image is 3x1000x1000, but fc1 would":     models.CNNConfig{Image: models.Image{Channels: 3, Height: 1000, Width: 1000}, Outputs: 1},
		"lenet5: Image is 1x90000x9000, but fc1 would": models.LeNet5Config{Image: models.Image{Channels: 1, Height: 90000, Width: 9000}, Outputs: 1},
		"lenet300: Features is 4611686018427387904":    models.LeNet300Config{Features: 1 << 62, Outputs: 1},
		"resnet: Depth is 18":                          models.ResNetConfig{Image: digit, Outputs: 1, Depth: 18},
		"resnet: Depth is 2,":                          models.ResNetConfig{Image: digit, Outputs: 1, Depth: 2},
		"resnet: Depth is 1208":                        models.ResNetConfig{Image: digit, Outputs: 1, Depth: 1208},
		"resnet: Image is 1x0x8":                       models.ResNetConfig{Image: models.Image{Channels: 1, Width: 8}, Outputs: 1, Depth: 8},
	} {
		err := config.Check()
		var wrong *models.ConfigError
		if assert.ErrorAs(t, err, &wrong, want) {
			assert.ErrorContains(t, err, want)
			assert.NotEmpty(t, wrong.Field)
		}
	}
	mistake := autograd.Catch(func() { models.NewResNet(newStore().Root(), models.ResNetConfig{Image: digit, Outputs: 1, Depth: 9}) })
	assert.ErrorContains(t, mistake, "resnet: Depth is 9")
}

// The sizes are those of the papers: section 4.2 counts 0.27 million for 20 layers with shortcuts that have no
// parameters, to which the two projections add 2,752 here.
func TestImageNetworksHaveTheParametersOfTheirPapers(t *testing.T) {
	t.Parallel()
	digit := models.Image{Channels: 1, Height: 28, Width: 28}
	count := func(declare func(s *nn.Scope)) (n int) {
		s := newStore()
		declare(s.Root())
		for _, p := range s.Params() {
			if p.Kind != initializer.Buffer {
				n += len(p.Data)
			}
		}
		return n
	}
	assert.Equal(t, 266610, count(func(s *nn.Scope) { models.NewLeNet300(s, models.LeNet300Config{Features: 784, Outputs: 10}) }))
	assert.Equal(t, 61706, count(func(s *nn.Scope) { models.NewLeNet5(s, models.LeNet5Config{Image: digit, Outputs: 10}) }))
	assert.Equal(t, 1199882, count(func(s *nn.Scope) { models.NewCNN(s, models.CNNConfig{Image: digit, Outputs: 10}) }))
	color := models.Image{Channels: 3, Height: 32, Width: 32}
	assert.Equal(t, 269722+2752, count(func(s *nn.Scope) { models.NewResNet(s, models.ResNetConfig{Image: color, Outputs: 10, Depth: 20}) }))
}

func TestImageNetworksTakeSamplesInAnyShape(t *testing.T) {
	t.Parallel()
	for name, declare := range goldenImages {
		s := newStore()
		net := declare(s.Root())
		features := map[string]int{"lenet300": 36, "lenet5": 2 * 17 * 12, "cnn": 64, "resnet8": 3 * 9 * 8, "resnet14": 3 * 8 * 8}[name]
		x := zeros(2, features)
		r := rand.New(rand.NewPCG(1, 2))
		for i := range x.Data() {
			x.Data()[i] = r.Float32()
		}
		p := nn.NewPass(s, nn.Inference)
		flat := net.Forward(p, p.Input(x))
		planes := net.Forward(p, p.Input(x.Reshape(2, 1, features)))
		assert.Equal(t, flat.Data(), planes.Data(), name)
		var wrong *autograd.ShapeError
		mistake := autograd.Catch(func() { net.Forward(p, p.Input(zeros(2, features+1))) })
		require.ErrorAs(t, mistake, &wrong, name)
	}
}

func TestEveryDepthOfAResNetRuns(t *testing.T) {
	t.Parallel()
	depths := []int{8, 14, 20}
	if testmode.Long() {
		depths = append(depths, 32, 44, 56, 110)
	}
	for _, depth := range depths {
		for _, side := range []int{1, 2, 7} {
			s := newStore()
			net := models.NewResNet(s.Root(), models.ResNetConfig{Image: models.Image{Channels: 2, Height: side, Width: side + 1}, Outputs: 3, Depth: depth})
			p := nn.NewPass(s, nn.Training)
			y := net.Forward(p, p.Input(zeros(2, 2, side, side+1)))
			assert.Equal(t, []int{2, 3}, y.Shape(), fmt.Sprint(depth, side))
		}
	}
}
