package export

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/serialize/onnx"
)

// GPT makes a graph of a [models.GPT]: logits [batch, time, vocabulary] from ids [batch, time] of I64. There is no cache: each run sees a text from its
// beginning, and at most as many positions as the model has. Errors are those of [LeNet300].
func GPT(c models.GPTConfig, w Weights) (*onnx.Graph, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	const time = "time"
	d := draw("gpt2", w)
	ids := d.Input("ids", dtype.I64, onnx.Dynamic(samples), onnx.Dynamic(time))
	length := d.Add("length", "Shape", []string{ids}, onnx.Int("start", 1), onnx.Int("end", 2))
	tokens := d.Add("wte", "Gather", []string{d.weight("wte.weight", c.Vocabulary, c.Width), ids})
	positions := d.Add("wpe", "Slice", []string{d.weight("wpe.weight", c.Positions, c.Width), d.Integers("zero", 0), length})
	x := d.Add("embedded", "Add", []string{tokens, positions})
	future := d.future(length)
	for i := range c.Layers {
		h := fmt.Sprintf("h.%d", i)
		a := d.attention(h+".attn", d.layerNorm(h+".ln_1", x, c.Width, c.Eps), future, c.Width, c.Heads)
		x = d.Add(h+".residual_1", "Add", []string{x, a})
		m := d.project(h+".mlp.c_fc", d.layerNorm(h+".ln_2", x, c.Width, c.Eps), c.Width, c.InnerSize())
		m = d.project(h+".mlp.c_proj", d.activation(h+".mlp.act", m, c.ActivationLayer()), c.InnerSize(), c.Width)
		x = d.Add(h+".residual_2", "Add", []string{x, m})
	}
	head := "lm_head.weight"
	if c.Tied {
		head = "wte.weight"
	}
	x = d.times("logits", d.layerNorm("ln_f", x, c.Width, c.Eps), head, c.Width, c.Vocabulary)
	d.Output(x, dtype.F32, onnx.Dynamic(samples), onnx.Dynamic(time), onnx.Fixed(c.Vocabulary))
	return d.done()
}

// future adds a truth for each pair of positions [time, time]: whether the second comes after the first, and so must not be seen.
func (d *drawing) future(length string) string {
	square := d.Add("square", "Concat", []string{length, length}, onnx.Int("axis", 0))
	ones := d.Add("ones", "Expand", []string{d.Number("one", 1), square})
	above := d.Add("above", "Trilu", []string{ones, d.Integers("diagonal", 1)}, onnx.Int("upper", 1))
	return d.Add("future", "Cast", []string{above}, onnx.Int("to", booleans))
}

// booleans is the number of ONNX's type of truths.
const booleans = 9

// layerNorm adds a layer norm over the last axis.
func (d *drawing) layerNorm(layer, x string, c int, eps float64) string {
	return d.Add(layer, "LayerNormalization", []string{x, d.weight(layer+".weight", c), d.weight(layer+".bias", c)}, onnx.Int("axis", -1), onnx.Float("epsilon", eps))
}

// times adds y [..., out] = x wᵀ. weight: [out, in].
func (d *drawing) times(name, x, weight string, in, out int) string {
	turned := d.Add(name+".turned", "Transpose", []string{d.weight(weight, out, in)}, onnx.Ints("perm", 1, 0))
	return d.Add(name, "MatMul", []string{x, turned})
}

// project adds a linear layer over the last axis.
func (d *drawing) project(layer, x string, in, out int) string {
	y := d.times(layer+".product", x, layer+".weight", in, out)
	return d.Add(layer, "Add", []string{y, d.weight(layer+".bias", out)})
}

// attention adds causal self-attention (arXiv:1706.03762, section 3.2).  x [n, t, c]
func (d *drawing) attention(layer, x, future string, c, heads int) string {
	qkv := d.project(layer+".c_attn", x, c, 3*c)
	parts := d.AddMany([]string{layer + ".q", layer + ".k", layer + ".v"}, "Split", []string{qkv}, onnx.Int("axis", 2), onnx.Int("num_outputs", 3))
	apart := d.Integers(layer+".heads", 0, 0, heads, c/heads) // 0: as it is
	split := func(part string, order ...int) string {
		return d.Add(part+".turned", "Transpose", []string{d.Add(part+".heads", "Reshape", []string{part, apart})}, onnx.Ints("perm", order...))
	}
	q, k, v := split(parts[0], 0, 2, 1, 3), split(parts[1], 0, 2, 3, 1), split(parts[2], 0, 2, 1, 3)
	scores := d.Add(layer+".scores", "MatMul", []string{q, k})
	scores = d.Add(layer+".scaled", "Mul", []string{scores, d.Number(layer+".scale", float32(1/math.Sqrt(float64(c/heads))))})
	scores = d.Add(layer+".masked", "Where", []string{future, d.Number(layer+".never", float32(math.Inf(-1))), scores})
	y := d.Add(layer+".mixed", "MatMul", []string{d.Add(layer+".weights", "Softmax", []string{scores}, onnx.Int("axis", -1)), v})
	y = d.Add(layer+".joined.turned", "Transpose", []string{y}, onnx.Ints("perm", 0, 2, 1, 3))
	y = d.Add(layer+".joined", "Reshape", []string{y, d.Integers(layer+".width", 0, 0, c)})
	return d.project(layer+".c_proj", y, c, c)
}
