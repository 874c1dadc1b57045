package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Config is everything that decides a run. It is written into the run's folder as config.json and into the recipe of
// its weights.
type Config struct {
	data.Spec                  // the data set and its division
	Model          string      `json:"model"`                // see ModelNames
	Activation     string      `json:"activation"`           // see nn.ActivationNames
	Dropout        float64     `json:"dropout"`              // after each hidden activation
	Init           string      `json:"init"`                 // see initializer.Parse
	Optimizer      string      `json:"optimizer"`            // see optim.OptimizerNames
	LR             float64     `json:"lr"`                   // learning rate
	WeightDecay    float64     `json:"weight_decay"`         // of weights and embeddings
	Momentum       float64     `json:"momentum"`             // of sgd, rmsprop and muon; 0 is the optimizer's own
	Beta2          float64     `json:"beta2,omitempty"`      // of adam, adamw and nadam; 0 is the optimizer's own
	Schedule       string      `json:"schedule"`             // see optim.ParseSchedule
	Augment        string      `json:"augment,omitempty"`    // of training images: see data.ParseAugmentation
	ClipNorm       float64     `json:"clip_norm"`            // largest norm of the gradients; 0 means any
	EMA            float64     `json:"ema,omitempty"`        // decay of the average of the weights that is scored and saved; 0: the weights themselves
	LabelSmoothing float64     `json:"label_smoothing"`      // share of the target spread over all classes
	Epochs         int         `json:"epochs"`               // runs over the training part; 0 of a text
	Steps          int         `json:"steps,omitempty"`      // of a text: batches of windows to learn from
	EvalEvery      int         `json:"eval_every,omitempty"` // of a text: steps from one score of the held-out part to the next
	Patience       int         `json:"patience"`             // stop when the validation loss has not improved for so many epochs, and keep the best; 0 never does
	Batch          int         `json:"batch"`                // samples a step
	Seed           uint64      `json:"seed"`                 // of weights, batches and dropout
	SaveDType      dtype.DType `json:"save_dtype"`           // of the weights file: F32, F16 or BF16
}

// Default returns the configuration of `heft train` for a data set: for images a wide perceptron with dropout, for tables a
// smaller one with less, for the 2-D sets a small one of tanh; the last two run over their few samples more often. For
// texts it is a small GPT on characters.
func Default(name string) Config {
	c := Config{
		Spec:  data.Spec{Name: name, Test: data.DefaultTest, Validation: 0.1, Seed: 1},
		Model: "mlp:256,256", Activation: "relu", Dropout: 0.3, Init: "kaiming-normal",
		Optimizer: "adamw", LR: 5e-3, WeightDecay: 0.01, Schedule: "cosine",
		Epochs: 30, Batch: 32, Seed: 1, SaveDType: dtype.F32,
	}
	switch {
	case name == "mnist" || name == "fashion-mnist":
		c.Model, c.Dropout, c.Epochs, c.Batch, c.LR = "mlp:300,100", 0.2, 10, 128, 2e-3
	case strings.HasPrefix(name, "csv:"):
		c.Model, c.Dropout, c.WeightDecay = "mlp:64,64", 0.1, 0.1
		c.LR, c.Epochs = 3e-3, 100
	case data.IsText(name):
		c = textDefault(name)
	case slices.Contains([]string{"moons", "spiral", "xor", "circles", "gauss"}, name):
		c.Model, c.Activation, c.Dropout, c.Init = "mlp:32,32", "tanh", 0, "xavier-uniform"
		c.LR, c.Epochs = 0.01, 100
	}
	return c
}

// DefaultFor returns the configuration of `heft train` for a data set and a model, which may have defaults of its own.
// A model that is not known, or "", changes nothing but the name.
func DefaultFor(name, model string) Config {
	c := Default(name)
	if model == "" {
		return c
	}
	c.Model = model
	var start func(*Config)
	if data.IsText(name) {
		if l, err := parseLanguage(model); err == nil {
			start = l.start
		}
	} else if f, _, err := parseModel(model); err == nil {
		start = f.start
	}
	if start != nil {
		start(&c)
	}
	return c
}

// mostCount bounds epochs, steps and samples of a batch, so that a product of two overflows nothing.
const mostCount = 1 << 30

// Check returns an error that names the first setting that cannot be used, its value and what it may be.
func (c Config) Check() error {
	if err := c.Spec.Check(); err != nil {
		return err
	}
	checkTask := c.checkSamples
	if data.IsText(c.Spec.Name) {
		checkTask = c.checkText
	}
	if err := checkTask(); err != nil {
		return err
	}
	if _, err := initializer.Parse(c.Init); err != nil {
		return err
	}
	if !slices.Contains(optim.OptimizerNames(), c.Optimizer) {
		return fmt.Errorf("no optimizer is called %q%s: use one of %s", c.Optimizer, suggest.For(c.Optimizer, optim.OptimizerNames()), strings.Join(optim.OptimizerNames(), ", "))
	}
	if c.Momentum != 0 && !takesMomentum(c.Optimizer) {
		return fmt.Errorf("momentum is %v, but %s takes none: use sgd, rmsprop or muon", c.Momentum, c.Optimizer)
	}
	if c.Beta2 != 0 && !takesBeta2(c.Optimizer) {
		return fmt.Errorf("beta2 is %v, but %s takes none: use adam, adamw or nadam", c.Beta2, c.Optimizer)
	}
	schedule, err := optim.ParseSchedule(c.Schedule, 1000)
	if err != nil {
		return err
	}
	if optim.PlateauOf(schedule) != nil && c.Validation == 0 {
		return fmt.Errorf("schedule %.100q watches the validation loss, but no part is held out: set validation", c.Schedule)
	}
	for _, n := range []struct {
		name  string
		value float64
		below float64
		may   string
	}{
		{"dropout", c.Dropout, 1, "from 0 to below 1"},
		{"lr", c.LR, math.Inf(1), "above 0, and finite"},
		{"weight decay", c.WeightDecay, math.Inf(1), "0 or more, and finite"},
		{"momentum", c.Momentum, 1, "from 0 to below 1"},
		{"beta2", c.Beta2, 1, "from 0 to below 1"},
		{"ema", c.EMA, 1, "from 0 to below 1"},
		{"clip norm", c.ClipNorm, math.Inf(1), "0 or more, and finite"},
		{"label smoothing", c.LabelSmoothing, 1, "from 0 to below 1"},
	} {
		if !(n.value >= 0 && n.value < n.below) {
			return fmt.Errorf("%s is %v, but must be %s", n.name, n.value, n.may)
		}
	}
	if c.LR == 0 {
		return errors.New("lr is 0, with which nothing is learned: choose one above 0")
	}
	switch {
	case c.Patience < 0 || c.Patience > 0 && c.Validation == 0:
		return fmt.Errorf("patience is %d, but must be 0 or more, and needs a validation part", c.Patience)
	case c.Batch < 1 || c.Batch > mostCount:
		return fmt.Errorf("batch is %d, but must be from 1 to %d", c.Batch, mostCount)
	case c.SaveDType != dtype.F32 && c.SaveDType != dtype.F16 && c.SaveDType != dtype.BF16:
		return fmt.Errorf("save dtype is %v, but weights are saved as F32, F16 or BF16", c.SaveDType)
	}
	return nil
}

// checkSamples checks the settings of what learns from samples.
func (c Config) checkSamples() error {
	f, _, err := parseModel(c.Model)
	if err != nil {
		return err
	}
	if c.Dropout != 0 && !f.hidden {
		return fmt.Errorf("dropout is %v, but %s has none: leave it at 0", c.Dropout, c.Model)
	}
	if _, err := data.ParseAugmentation(c.Augment); err != nil {
		return err
	}
	if err := nn.CheckActivation(c.Activation); err != nil {
		return err
	}
	switch {
	case c.Epochs < 1 || c.Epochs > mostCount:
		return fmt.Errorf("epochs is %d, but must be from 1 to %d", c.Epochs, mostCount)
	case c.Steps != 0 || c.EvalEvery != 0:
		return fmt.Errorf("steps is %d and eval_every %d, which are settings of a text: leave them at 0 and use epochs", c.Steps, c.EvalEvery)
	}
	return nil
}

// maxConfig bounds what is read: a configuration has a few hundred bytes.
const maxConfig = 1 << 20

// ReadConfig reads and checks a config.json. Errors name the file; unknown settings are refused.
func ReadConfig(path string) (Config, error) {
	var c Config
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return c, err
	}
	if len(text) > maxConfig {
		return c, fmt.Errorf("%s: larger than %d bytes: not a configuration of heft", path, maxConfig)
	}
	c, err = ParseConfig(text)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// ParseConfig reads and checks a configuration.
func ParseConfig(text []byte) (Config, error) {
	var c Config
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("not a configuration of heft: %w", err)
	}
	if d.More() {
		return c, fmt.Errorf("not a configuration of heft: text follows it")
	}
	return c, c.Check()
}
