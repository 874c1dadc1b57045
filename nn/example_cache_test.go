package nn_test

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// A sequence given in parts, as when text is generated: the cache holds what earlier positions have to say.
func ExampleCache() {
	s := nn.NewStore(1, initializer.XavierNormal())
	attn := nn.NewSelfAttention(s.At("attn"), 8, 2, nn.Causal())
	x := autograd.From(make([]float32, 5*8), 1, 5, 8)
	for i := range x.Data() {
		x.Data()[i] = float32(i%7) - 3
	}

	whole := nn.NewPass(s, nn.Inference)
	want := attn.Forward(whole, whole.Input(x)).Slice(1, 4, 5)

	c := nn.NewCache(nn.Context(16))
	p := nn.NewPass(s, nn.Inference, nn.Cached(c))
	attn.Forward(p, p.Input(x.Slice(1, 0, 4)))
	p.Reset()
	got := attn.Forward(p, p.Input(x.Slice(1, 4, 5)))
	fmt.Println(c.Len(), "positions; the last is the same:", fmt.Sprint(got.Data()) == fmt.Sprint(want.Data()))
	// Output: 5 positions; the last is the same: true
}
