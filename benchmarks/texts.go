package benchmarks

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

// TextSize is the size of a network that predicts each next token of a batch of texts.
type TextSize struct {
	Batch, Length, Vocabulary, Layers, Width int
	Embedding                                int // of an LSTM
	Heads                                    int // of a GPT
}

// NewLSTM makes an embedding, an LSTM and a linear layer: embedding, lstm and head.
func NewLSTM(c TextSize, opts ...nn.PassOption) *Network {
	n := newNetwork(initializer.PyTorchDefault(), opts...)
	s := n.Store
	embedding := nn.NewEmbedding(s.At("embedding"), c.Vocabulary, c.Embedding)
	lstm := nn.NewLSTM(s.At("lstm"), nn.RecurrentConfig{In: c.Embedding, Hidden: c.Width, Layers: c.Layers})
	head := nn.NewLinear(s.At("head"), c.Width, c.Vocabulary)
	multiplications := 4*c.Width*(c.Embedding+(2*c.Layers-1)*c.Width) + c.Width*c.Vocabulary
	return n.ofTexts(c, multiplications, func(p *nn.Pass, ids nn.Labels) *nn.Tensor {
		return head.Forward(p, lstm.Forward(p, embedding.Forward(p, ids)))
	})
}

// NewGPT makes a GPT-2 without dropout, whose head is its embedding.
func NewGPT(c TextSize, opts ...nn.PassOption) *Network {
	n := newNetwork(initializer.GPT2(0.02), opts...)
	config := models.NewGPTConfig()
	config.Vocabulary, config.Positions, config.Width, config.Layers, config.Heads = c.Vocabulary, c.Length, c.Width, c.Layers, c.Heads
	config.EmbdDrop, config.AttnDrop, config.ResidDrop = 0, 0, 0
	gpt := models.NewGPT(n.Store.Root(), config)
	attention := c.Width * (c.Length + 1) // of a token to those before it and itself, on the average: scores and values
	multiplications := c.Layers*(12*c.Width*c.Width+attention) + c.Width*c.Vocabulary
	return n.ofTexts(c, multiplications, gpt.Forward)
}

// ofTexts gives the network its batch and its forward, which has so many multiplications for each token.
func (n *Network) ofTexts(c TextSize, multiplications int, forward func(p *nn.Pass, ids nn.Labels) *nn.Tensor) *Network {
	tokens := labels(c.Vocabulary, c.Batch, c.Length+1)
	n.IDs, n.Y = tokens, tokens
	n.IDs.Data, n.Y.Data = nil, nil
	for at := 0; at < len(tokens.Data); at += c.Length + 1 {
		text := tokens.Data[at : at+c.Length+1]
		n.IDs.Data, n.Y.Data = append(n.IDs.Data, text[:c.Length]...), append(n.Y.Data, text[1:]...)
	}
	n.IDs.Shape, n.Y.Shape = []int{c.Batch, c.Length}, []int{c.Batch, c.Length}
	n.run = func(p *nn.Pass) *nn.Tensor { return forward(p, n.IDs) }
	n.flops = 3 * 2 * float64(c.Batch*c.Length) * float64(multiplications)
	n.begin()
	return n
}
