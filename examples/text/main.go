// Command text trains a small GPT on characters and lets it write. The recipe is nanoGPT's for a CPU
// (github.com/karpathy/nanoGPT, README): 4 layers, 128 wide, a context of 64 characters, 2,000 steps of 12 windows.
//
//	go run ./examples/text                     Newton's Opticks, which Heft carries
//	go run ./examples/text text:novel.txt      a text of your own
//	go run ./examples/text text 300            so many steps only
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func main() {
	name, steps := "text", 2000
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if len(os.Args) > 2 {
		n, err := strconv.Atoi(os.Args[2])
		if err != nil || n < 1 {
			log.Fatalf("%q is not a number of steps: give 1 or more", os.Args[2])
		}
		steps = n
	}
	if _, err := run(os.Stdout, name, steps, 1); err != nil {
		log.Fatal(err)
	}
}

const (
	batch  = 12  // windows a step
	window = 64  // characters that the model sees
	warmup = 100 // steps in which the learning rate rises
)

// run trains on a text and writes what the model does. It returns the loss over the whole held-out part, in nats a
// character.
func run(w io.Writer, name string, steps int, seed uint64) (float64, error) {
	text, err := data.LoadText(data.Spec{Name: name, Tokenizer: "chars", Validation: 0.1})
	if err != nil {
		return 0, err
	}
	for _, part := range []*data.Text{text.Train, text.Validation} {
		if err := part.Check(window); err != nil {
			return 0, err
		}
	}
	s := nn.NewStore(seed, initializer.GPT2(0.02))
	model := models.NewGPT(s.Root(), config(text.Tokenizer.Len()))
	opt := optim.NewAdamW(s, 1e-3, optim.Betas(0.9, 0.99), optim.WeightDecay(0.1),
		optim.Scheduled(optim.Warmup(warmup, 0.01, optim.Cosine(max(steps-warmup, 1), 0.1))))
	p := nn.NewPass(s, nn.Training)
	for b := range text.Train.Random(batch, window, s.Rand("windows", 0)) {
		if s.Step() == steps {
			break
		}
		p.Reset()
		loss := model.Forward(p, b.IDs).CrossEntropy(b.Y)
		grads := p.Backward(loss)
		grads.ClipNorm(1)
		opt.Step(grads)
		if s.Step()%250 == 0 {
			fmt.Fprintf(w, "step %4d  loss %.3f\n", s.Step(), loss.Item())
		}
	}
	loss := score(s, model, text.Validation)
	fmt.Fprintf(w, "held out: %.3f nats a character\n\n", loss)
	return loss, write(w, s, model, text, "The Rays of ", 400)
}

// config is nanoGPT's small model for so many characters, without dropout.
func config(vocabulary int) models.GPTConfig {
	c := models.NewGPTConfig()
	c.Vocabulary, c.Positions, c.Width, c.Layers, c.Heads = vocabulary, window, 128, 4, 4
	c.ResidDrop, c.EmbdDrop, c.AttnDrop = 0, 0, 0
	return c
}

// score returns the mean loss over all characters of a text but the first.
func score(s *nn.Store, model models.Language, text *data.Text) float64 {
	p := nn.NewPass(s, nn.Inference)
	sum := 0.0
	for b := range text.Windows(64, window) {
		p.Reset()
		sum += float64(model.Forward(p, b.IDs).CrossEntropy(b.Y).Item()) * float64(len(b.Y.Data))
	}
	return sum / float64(text.Predicted())
}

// write lets the model go on from a prompt for n characters.
func write(w io.Writer, s *nn.Store, model models.Language, text *data.TextParts, prompt string, n int) error {
	ids, err := text.Tokenizer.Encode(prompt)
	if err != nil {
		return err
	}
	written, err := models.Generate(context.Background(), s, model, ids, n, models.Sampling{Temperature: 0.8, Seed: 1})
	if err != nil {
		return err
	}
	fmt.Fprint(w, prompt)
	for id := range written {
		if _, err := w.Write(text.Tokenizer.Decode([]int32{id})); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w)
	return err
}
