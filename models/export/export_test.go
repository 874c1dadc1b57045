package export_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/models/export"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/onnx"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func TestEveryModelMakesAGraphThatCanBeWritten(t *testing.T) {
	t.Parallel()
	for name, e := range cases(t) {
		var first, second bytes.Buffer
		require.NoError(t, onnx.Write(&first, e.graph), name)
		require.NoError(t, onnx.Write(&second, e.graph), name)
		assert.Equal(t, first.Bytes(), second.Bytes(), name)
		weights := 0
		for _, p := range e.store.Params() {
			weights += 4 * len(p.Data)
			assert.True(t, bytes.Contains(first.Bytes(), []byte(p.Name)), "%s has no %s", name, p.Name)
		}
		assert.Greater(t, first.Len(), weights)
	}
}

func TestWeightsOfAnotherModelAreRefused(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.KaimingNormal())
	nn.NewMLP(s.Root(), 4, 5, 2)
	w := export.Trained(s)
	_, err := export.MLP(nn.MLPConfig{Widths: []int{4, 6, 2}}, w)
	require.ErrorContains(t, err, `"0.weight" has shape [5 4], but the configuration says [6 4]`)
	_, err = export.MLP(nn.MLPConfig{Widths: []int{4, 5, 2, 2}}, w)
	require.ErrorContains(t, err, "no parameter")
	_, err = export.MLP(nn.MLPConfig{Widths: []int{4}}, w)
	require.Error(t, err)
	_, err = export.MLP(nn.MLPConfig{Widths: []int{4, 5, 2}, Activation: "swish"}, w)
	require.ErrorContains(t, err, `"swish"`)
	_, err = export.LeNet300(models.LeNet300Config{}, w)
	var config *models.ConfigError
	require.ErrorAs(t, err, &config)
	for _, graph := range []func() (*onnx.Graph, error){
		func() (*onnx.Graph, error) { return export.LeNet5(models.LeNet5Config{}, w) },
		func() (*onnx.Graph, error) { return export.CNN(models.CNNConfig{}, w) },
		func() (*onnx.Graph, error) { return export.ResNet(models.ResNetConfig{}, w) },
		func() (*onnx.Graph, error) { return export.GPT(models.GPTConfig{}, w) },
	} {
		_, err := graph()
		require.ErrorAs(t, err, &config)
	}
}

func TestModelsKnowTheirGraph(t *testing.T) {
	t.Parallel()
	for name, e := range cases(t) {
		g, err := export.Of(e.model, export.Trained(e.store))
		require.NoError(t, err, name)
		var want, got bytes.Buffer
		require.NoError(t, onnx.Write(&want, e.graph))
		require.NoError(t, onnx.Write(&got, g))
		assert.Equal(t, want.Bytes(), got.Bytes(), name)
	}
	s := nn.NewStore(1, initializer.Zeros())
	_, err := export.Of(nn.NewLayerNorm(s.Root(), 3), export.Trained(s))
	assert.ErrorContains(t, err, "no graph is made of a LayerNorm")
	_, err = export.Of(nil, export.Trained(s))
	assert.ErrorContains(t, err, "no graph is made of a <nil>")
}

// TestWeightsOfAFileMayBeOfAnyFloat halves the precision, as a file may have it.
func TestWeightsOfAFileMayBeOfAnyFloat(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.KaimingNormal())
	nn.NewMLP(s.Root(), 4, 5, 2)
	path := filepath.Join(t.TempDir(), "w")
	require.NoError(t, safetensors.Save(path, s.Tensors(), dtype.BF16))
	f, err := serialize.Open(path)
	require.NoError(t, err)
	g, err := export.MLP(nn.MLPConfig{Widths: []int{4, 5, 2}}, f.Read)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, onnx.Write(&bytes.Buffer{}, g))
}

func TestMultipliersArePartOfTheWeights(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Ones())
	nn.NewMLP(s.Root(), 2, 2)
	s.Param("0.weight").Multiplier = 0.25
	w, err := export.Trained(s)("0.weight")
	require.NoError(t, err)
	values, err := w.Float32s(nil)
	require.NoError(t, err)
	assert.Equal(t, []float32{0.25, 0.25, 0.25, 0.25}, values)
	assert.Equal(t, float32(1), s.Param("0.weight").Data[0], "the store's own stay")
}
