package train_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

func TestSettingsAreThoseOfTheConfigurationsFile(t *testing.T) {
	t.Parallel()
	c := train.Default("csv:a.csv")
	c.Target, c.Task, c.Categories, c.Drop = "price", "regression", []string{"zip", "year"}, []string{"id"}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	var keys map[string]any
	require.NoError(t, json.Unmarshal(text, &keys))
	known := map[string]bool{}
	for _, s := range c.Settings() {
		known[s.Name] = true
	}
	for key := range keys {
		assert.True(t, known[key], key)
	}
	assert.Equal(t, "csv:a.csv", c.Setting("data"))
	assert.Equal(t, "zip,year", c.Setting("categories"))
	assert.Equal(t, "F32", c.Setting("save_dtype"))
	assert.Equal(t, "0.1", c.Setting("weight_decay"))
	assert.Empty(t, c.Setting("frob"))
}

func TestDifferingNamesSettingsInTheirOrder(t *testing.T) {
	t.Parallel()
	a := train.Default("csv:a.csv")
	b, c := a, a
	b.Seed, b.Categories = 9, []string{"zip"}
	c.LR = 0.5
	assert.Empty(t, train.Differing())
	assert.Empty(t, train.Differing(a))
	assert.Empty(t, train.Differing(a, a))
	assert.Equal(t, []string{"categories", "lr", "seed"}, train.Differing(a, b, c))
}
