package models_test

import (
	"context"
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// A GPT learns to count, modulo 10, and goes on from a prompt.
func ExampleGenerate() {
	c := models.NewGPTConfig()
	c.Vocabulary, c.Positions, c.Width, c.Layers, c.Heads = 10, 16, 32, 1, 2
	c.ResidDrop, c.EmbdDrop, c.AttnDrop = 0, 0, 0
	s := nn.NewStore(1, initializer.GPT2(0.02))
	gpt := models.NewGPT(s.Root(), c)

	opt := optim.NewAdamW(s, 1e-2)
	p := nn.NewPass(s, nn.Training)
	for range 60 {
		p.Reset()
		ids, next := make([]int32, 10*16), make([]int32, 10*16)
		for i := range ids {
			ids[i] = int32((i/16 + i%16) % 10)
			next[i] = (ids[i] + 1) % 10
		}
		loss := gpt.Forward(p, autograd.LabelsOf(ids, 10, 16)).CrossEntropy(autograd.LabelsOf(next, 10, 16))
		opt.Step(p.Backward(loss))
	}

	tokens, err := models.Generate(context.Background(), s, gpt, []int32{7, 8}, 12, models.Sampling{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for id := range tokens {
		fmt.Print(id, " ")
	}
	// Output: 9 0 1 2 3 4 5 6 7 8 9 0
}

func ExampleReadLlamaConfig() {
	_, err := models.ReadLlamaConfig([]byte(`{"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 3}`))
	fmt.Println(err)
	_, err = models.ReadLlamaConfig([]byte(`{"hidden_sizes": 64}`))
	fmt.Println(err)
	// Output:
	// llama: num_key_value_heads is 3, but it must divide num_attention_heads, which is 4
	// llama: config.json has an unknown key "hidden_sizes": take it out if it does not change what the model computes
}
