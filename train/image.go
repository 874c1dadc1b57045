package train

import (
	"errors"
	"fmt"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// samplesOf tells what a model sees of a set. Samples are images where the input says so or, of a set without one, where
// they have the shape [height, width] or [channels, height, width].
func samplesOf(set *data.Set, in *data.Input) samples {
	if in != nil {
		return samplesAs(in)
	}
	s := samples{features: set.Features(), outputs: outputs(set)}
	switch shape := set.SampleShape(); len(shape) {
	case 2:
		s.image = models.Image{Channels: 1, Height: shape[0], Width: shape[1]}
	case 3:
		s.image = models.Image{Channels: shape[0], Height: shape[1], Width: shape[2]}
	}
	return s
}

// samplesAs tells what a model sees of samples that an input makes.
func samplesAs(in *data.Input) samples {
	s := samples{features: in.Features(), outputs: in.Outputs()}
	if in.Kind == data.ImageInput {
		s.image = models.Image{Channels: in.Channels, Height: in.Height, Width: in.Width}
	}
	return s
}

// build declares the configured model for such samples.
func (c Config) build(in samples) (*nn.Store, nn.Layer, error) { return c.buildWithin(0, in) }

// buildWithin is build for a model that may have so many numbers at most; 0 is any.
func (c Config) buildWithin(most int, in samples) (s *nn.Store, m nn.Layer, err error) {
	scheme, err := initializer.Parse(c.Init)
	if err != nil {
		return nil, nil, err
	}
	f, declare, err := parseModel(c.Model)
	if err != nil {
		return nil, nil, err
	}
	if f.images && in.image == (models.Image{}) {
		return nil, nil, fmt.Errorf("model %s is for images, but the samples of %s are none: use mlp:WIDTH,WIDTH for one", c.Model, c.Spec.Name)
	}
	s = nn.NewStore(c.Seed, scheme)
	s.Limit(most)
	mistake := autograd.Catch(func() { m = declare(s.Root(), c, in) })
	s.Limit(0) // what a program adds to the model is its own affair
	var unfit *models.ConfigError
	var tooLarge *nn.LimitError
	switch {
	case errors.As(mistake, &tooLarge):
		return nil, nil, fmt.Errorf("model %.100s has more numbers than the %d of the file's weights", c.Model, most)
	case errors.As(mistake, &unfit):
		return nil, nil, fmt.Errorf("model %s does not suit %s: %w", c.Model, c.Spec.Name, unfit)
	case mistake != nil:
		return nil, nil, fmt.Errorf("init %s and model %s do not suit the data: %w", c.Init, c.Model, mistake)
	}
	return s, m, c.checkInitRules(s)
}

// augment prepares what the configuration asks to do to images: it normalises the parts, and keeps an augmenter for the
// batches.
func (t *samplesTask) augment() error {
	a, err := data.ParseAugmentation(t.config.Augment)
	if err != nil || a == (data.Augmentation{}) {
		return err
	}
	image := samplesOf(t.parts.Train, t.parts.Input).image
	switch {
	case image == (models.Image{}):
		return fmt.Errorf("augment is %s, but the samples of %s are no images", t.config.Augment, t.config.Spec.Name)
	case a.Shift >= min(image.Height, image.Width):
		return fmt.Errorf("augment is %s, but the images of %s have %d by %d pixels, of which nothing would be left: shift by fewer",
			t.config.Augment, t.config.Spec.Name, image.Width, image.Height)
	}
	var black []float32
	if in := t.parts.Input; in != nil {
		if a.Normalize {
			t.parts = t.parts.Normalized()
		}
		black = t.parts.Input.Black()
	} else if a.Normalize {
		return fmt.Errorf("augment is %s, but nothing would tell how a set of your own was normalised: do it before", t.config.Augment)
	}
	if a.Random() {
		t.augmenter = data.NewAugmenter(a, image.Channels, image.Height, image.Width, black)
	}
	return nil
}

// change does to a batch of images what the augmentation wants. It depends on the seed, the step and the place in the
// batch.
func (t *samplesTask) change(b data.Batch) data.Batch {
	if t.augmenter != nil {
		t.augmenter.Apply(b.X, t.store.Rand("augment", t.store.Step()))
	}
	return b
}
