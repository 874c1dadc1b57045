package export_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/models/export"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/onnx"
)

// exported is a model and the graph that it became.
type exported struct {
	graph   *onnx.Graph
	forward func(p *nn.Pass, x *nn.Tensor) *nn.Tensor // of models of numbers
	sample  []int                                     // the shape of one
	text    models.Language                           // of models of text
	model   nn.Module
	store   *nn.Store
}

// cases makes every model that can be exported, at several sizes, with weights that no part of is trivial: statistics of batch norm included.
func cases(t testing.TB) map[string]exported {
	t.Helper()
	all := map[string]exported{}
	store := func() *nn.Store { return nn.NewStore(uint64(len(all)+1), initializer.KaimingNormal()) }
	add := func(name string, s *nn.Store, graph func(w export.Weights) (*onnx.Graph, error), e exported) {
		r := rand.New(rand.NewPCG(1, uint64(len(all))))
		for _, p := range s.Params() {
			if len(p.Shape) > 1 {
				continue
			}
			for i := range p.Data { // biases start at 0, scales and variances at 1
				p.Data[i] += 0.3 * r.Float32()
			}
		}
		var err error
		e.graph, err = graph(export.Trained(s))
		require.NoError(t, err, name)
		e.store = s
		all[name] = e
	}
	for _, act := range nn.ActivationNames() {
		s, c := store(), nn.MLPConfig{Widths: []int{7, 9, 8, 3}, Activation: act, Dropout: 0.2}
		m := nn.NewMLPOf(s.Root(), c)
		add("mlp "+act, s, func(w export.Weights) (*onnx.Graph, error) { return export.MLP(c, w) }, exported{model: m, forward: m.Forward, sample: []int{7}})
	}
	{
		s, c := store(), models.LeNet300Config{Features: 20, Outputs: 4}
		m := models.NewLeNet300(s.Root(), c)
		add("lenet300", s, func(w export.Weights) (*onnx.Graph, error) { return export.LeNet300(c, w) }, exported{model: m, forward: m.Forward, sample: []int{20}})
	}
	for _, im := range []models.Image{{Channels: 1, Height: 28, Width: 28}, {Channels: 3, Height: 15, Width: 22}} {
		shape := []int{im.Channels, im.Height, im.Width}
		s, c := store(), models.LeNet5Config{Image: im, Outputs: 10, Activation: "tanh", Dropout: 0.5}
		lenet := models.NewLeNet5(s.Root(), c)
		add("lenet5 "+im.String(), s, func(w export.Weights) (*onnx.Graph, error) { return export.LeNet5(c, w) }, exported{model: lenet, forward: lenet.Forward, sample: shape})
		s2, c2 := store(), models.CNNConfig{Image: im, Outputs: 10}
		cnn := models.NewCNN(s2.Root(), c2)
		add("cnn "+im.String(), s2, func(w export.Weights) (*onnx.Graph, error) { return export.CNN(c2, w) }, exported{model: cnn, forward: cnn.Forward, sample: shape})
		s3, c3 := store(), models.ResNetConfig{Image: im, Outputs: 10, Depth: 14}
		resnet := models.NewResNet(s3.Root(), c3)
		add("resnet "+im.String(), s3, func(w export.Weights) (*onnx.Graph, error) { return export.ResNet(c3, w) }, exported{model: resnet, forward: resnet.Forward, sample: shape})
	}
	inner := 24
	for name, c := range map[string]models.GPTConfig{
		"tied": {Vocabulary: 31, Positions: 12, Width: 16, Layers: 2, Heads: 4, Activation: "gelu_new", Eps: 1e-5, Tied: true},
		"head": {Vocabulary: 17, Positions: 9, Width: 12, Layers: 1, Heads: 1, Inner: &inner, Activation: "silu", Eps: 1e-3},
	} {
		s := nn.NewStore(3, initializer.GPT2(0.02))
		m := models.NewGPT(s.Root(), c)
		add("gpt "+name, s, func(w export.Weights) (*onnx.Graph, error) { return export.GPT(c, w) }, exported{model: m, text: m})
	}
	return all
}

// run computes what the model says of n samples that it draws, and returns the input in the way that the Python program reads it.
func (e exported) run(n int) (input map[string]any, want []float32) {
	r := rand.New(rand.NewPCG(2, uint64(n)))
	p := nn.NewPass(e.store, nn.Inference)
	if e.text != nil {
		t := max(1, e.text.Context()-n)
		ids := make([]int32, n*t)
		for i := range ids {
			ids[i] = r.Int32N(int32(e.text.Vocabulary()))
		}
		return map[string]any{"shape": []int{n, t}, "ids": ids}, e.text.Forward(p, autograd.LabelsOf(ids, n, t)).Data()
	}
	shape := append([]int{n}, e.sample...)
	size := 1
	for _, d := range shape {
		size *= d
	}
	x := make([]float32, size)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return map[string]any{"shape": shape, "x": x}, e.forward(p, p.Input(autograd.From(x, shape...))).Data()
}

// TestOnnxruntimeComputesTheSameLogits runs each graph with one sample and with several.
func TestOnnxruntimeComputesTheSameLogits(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	type runOf struct {
		File  string         `json:"file"`
		Input map[string]any `json:"input"`
	}
	var runs []runOf
	var wants [][]float32
	var names []string
	number := 0
	for name, e := range cases(t) {
		file := filepath.Join(dir, fmt.Sprintf("%d.onnx", number))
		number++
		require.NoError(t, onnx.Save(file, e.graph))
		for _, n := range []int{1, 5} {
			input, want := e.run(n)
			runs = append(runs, runOf{file, input})
			wants = append(wants, want)
			names = append(names, fmt.Sprintf("%s, batch %d", name, n))
		}
	}
	text, err := json.Marshal(runs)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "runs.json"), text, 0o644))
	interop.Run(t, `
import json, sys, numpy as np, onnxruntime
for i, run in enumerate(json.load(open(sys.argv[1] + "/runs.json"))):
    session = onnxruntime.InferenceSession(run["file"], providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    values = np.array(run["input"][name], dtype="i8" if name == "ids" else "f4").reshape(run["input"]["shape"])
    session.run(None, {name: values})[0].astype("<f4").tofile(f"{sys.argv[1]}/{i}.out")
`, dir)
	worst := 0.0
	for i, want := range wants {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.out", i)))
		require.NoError(t, err)
		require.Len(t, data, 4*len(want), names[i])
		for j, w := range want {
			got := math.Float32frombits(binary.LittleEndian.Uint32(data[4*j:]))
			worst = max(worst, math.Abs(float64(got-w)))
			if !assert.InDelta(t, w, got, 1e-4, "%s, logit %d", names[i], j) {
				break
			}
		}
	}
	t.Logf("%d runs, largest difference %.3g", len(runs), worst)
}
