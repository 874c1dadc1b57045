package train

import (
	"fmt"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
)

// textDefault is nanoGPT's recipe for a CPU (github.com/karpathy/nanoGPT, README), on characters, but for a schedule that
// follows the number of steps.
func textDefault(name string) Config {
	return Config{
		Spec:  data.Spec{Name: name, Tokenizer: "chars", Validation: 0.1, Seed: 1},
		Model: "gpt", Init: "gpt2",
		Optimizer: "adamw", LR: 1e-3, Beta2: 0.99, WeightDecay: 0.1, Schedule: "warmup+cosine", ClipNorm: 1,
		Steps: 2000, EvalEvery: 250, Batch: 12, Seed: 1, SaveDType: dtype.F32,
	}
}

// checkText checks the settings of what learns from a text.
func (c Config) checkText() error {
	if _, err := parseLanguage(c.Model); err != nil {
		return err
	}
	switch {
	case c.Activation != "":
		return fmt.Errorf("activation is %.40q, but models of text have their own: leave it empty", c.Activation)
	case c.Augment != "":
		return fmt.Errorf("augment is %.40q, but a text is not augmented: leave it empty", c.Augment)
	case c.Epochs != 0:
		return fmt.Errorf("epochs is %d, but a text is learned in steps: leave it at 0 and use steps", c.Epochs)
	case c.Steps < 1 || c.Steps > mostCount:
		return fmt.Errorf("steps is %d, but must be from 1 to %d", c.Steps, mostCount)
	case c.EvalEvery < 1 || c.EvalEvery > mostCount:
		return fmt.Errorf("eval_every is %d, but must be from 1 to %d", c.EvalEvery, mostCount)
	}
	return nil
}

// Rounds returns how often a run scores the part that is held out: after every epoch or, of a text, every EvalEvery steps and
// in the end. The configuration must be one that Check accepts.
func (c Config) Rounds() int {
	if !data.IsText(c.Spec.Name) {
		return c.Epochs
	}
	return (c.Steps-1)/c.EvalEvery + 1
}

// round is what one round is called.
func (c Config) round() string {
	if data.IsText(c.Spec.Name) {
		return textRound
	}
	return "epoch"
}

// roundName is what an axis of rounds is called.
func (c Config) roundName() string {
	if !data.IsText(c.Spec.Name) {
		return c.round()
	}
	return fmt.Sprintf("rounds of %d steps", c.EvalEvery)
}
