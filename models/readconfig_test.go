package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

func TestModelTypeSaysWhichConfigurationItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []models.Config{
		smallGPT(), smallLlama(), models.CharRNNConfig{Cell: "gru", Vocabulary: 17, Embedding: 8, Hidden: 8, Layers: 1},
	} {
		text, err := c.Write()
		require.NoError(t, err)
		read, err := models.ReadConfig(text)
		require.NoError(t, err)
		require.Equal(t, c, read)
		require.Equal(t, 17, read.Tokens())
		s := nn.NewStore(1, initializer.Zeros())
		m := read.New(s.Root())
		require.Equal(t, 17, m.Vocabulary())
		numbers := 0
		for _, p := range s.Params() {
			numbers += len(p.Data)
		}
		require.Equal(t, numbers, read.Parameters())
	}
}

func TestOtherModelTypesAreUnknown(t *testing.T) {
	t.Parallel()
	var unknown *models.UnknownModelError
	_, err := models.ReadConfig([]byte(`{"model_type": "bert"}`))
	require.ErrorAs(t, err, &unknown)
	require.EqualError(t, err, `config.json: model_type is "bert", but only gpt2, llama and charrnn are supported`)
	_, err = models.ReadConfig([]byte(`{}`))
	require.ErrorAs(t, err, &unknown)
	require.ErrorContains(t, err, "has no model_type")
	_, err = models.ReadConfig([]byte(`[`))
	require.ErrorContains(t, err, "is no JSON object")
	require.NotErrorAs(t, err, &unknown)
}
