package train

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
)

func TestFitOnTheNamedSetsIsRun(t *testing.T) {
	t.Parallel()
	c := Default("moons")
	c.Epochs = 2
	ran, err := Run(t.Context(), c, Options{})
	require.NoError(t, err)
	all, test, err := data.Open("moons", 1)
	require.NoError(t, err)
	fitted, err := Fit(t.Context(), c, all, test, nil)
	require.NoError(t, err)
	assert.Equal(t, ran.Recipe, fitted.Recipe)
	for i, p := range ran.Store.Params() {
		assert.Equal(t, p.Data, fitted.Store.Params()[i].Data, p.Name)
	}
}

func TestFitTakesSetsOfItsOwnWidthAndClasses(t *testing.T) {
	t.Parallel()
	c := Default("moons") // of 2 features and 2 classes
	c.Epochs = 1
	all, test := data.Digits()
	r, err := Fit(t.Context(), c, all, test, nil)
	require.NoError(t, err)
	params := r.Store.Params()
	assert.Equal(t, []int{32, 64}, params[0].Shape)
	assert.Equal(t, []int{10}, params[len(params)-1].Shape)
	assert.Equal(t, test.Hash(), r.Recipe.Data.Test)
}

func TestFitRefusesAConfigurationThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	c := Default("moons")
	c.Epochs = 0
	all, test, err := data.Open("moons", 1)
	require.NoError(t, err)
	_, err = Fit(t.Context(), c, all, test, nil)
	assert.EqualError(t, err, "epochs is 0, but must be from 1 to 1073741824")
	c.Epochs, c.Validation = 1, 2
	_, err = Fit(t.Context(), c, all, test, nil)
	assert.ErrorContains(t, err, "validation is 2", "before the set is divided by it")
}
