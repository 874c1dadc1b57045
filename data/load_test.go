package data

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLoadDividesNamedSetsByTheRuleOfSplit(t *testing.T) {
	t.Parallel()
	for _, name := range carried() {
		for _, seed := range []uint64{1, 7} {
			all, test, err := Open(name, seed)
			require.NoError(t, err)
			train, validation := all.Split(1-0.1, seed)

			p, err := Load(Spec{Name: name, Test: 0.2, Validation: 0.1, Seed: seed})
			require.NoError(t, err)
			assert.Equal(t, train.Hash(), p.Train.Hash(), name)
			assert.Equal(t, validation.Hash(), p.Validation.Hash(), name)
			assert.Equal(t, test.Hash(), p.Test.Hash(), name)
			assert.Equal(t, all.Name, p.Train.Name)
			assert.Equal(t, test.Name[:len(test.Name)-len("test")]+"validation", p.Validation.Name)
			assert.Empty(t, p.Notes)

			p, err = Load(Spec{Name: name, Test: 0.2, Seed: seed})
			require.NoError(t, err)
			assert.Nil(t, p.Validation)
			assert.Equal(t, all.Hash(), p.Train.Hash(), name)
			assert.Equal(t, test.Hash(), p.Test.Hash(), name)
		}
	}
}

// Found by another program, from the file and the rules in the documentation of Digits and of Split.
func TestDigitsAreHeldOutAsTheyAlwaysWere(t *testing.T) {
	t.Parallel()
	p, err := Load(Spec{Name: "digits", Validation: 0.1, Seed: 1})
	require.NoError(t, err)
	assert.Equal(t, "6ff59f3f13376074600f085e54bf7634d6e42d029b2db839aafc97b0e338bf55", p.Train.Hash())
	assert.Equal(t, "44bb8907779524b1c211816621eca72faac21fb2b381834d692f5b2ea5f06f6d", p.Validation.Hash())
	assert.Equal(t, "73b4fd2a8fd4d1a61c03a7c4b707233e0681368c329bf4471efbb3fa61a88957", p.Test.Hash())
}

func TestTestShareMovesTheDivisionOfGeneratedSetsAlone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"digits": 359, "moons": 500} {
		p, err := Load(Spec{Name: name, Test: 0.5, Seed: 1})
		require.NoError(t, err)
		assert.Equal(t, want, p.Test.Len(), name)
	}
}

func TestLoadTellsWhatANamedSetTakesAndPutsOut(t *testing.T) {
	t.Parallel()
	for _, name := range carried() {
		p, err := Load(Spec{Name: name, Test: 0.2, Seed: 1})
		require.NoError(t, err)
		require.NoError(t, p.Input.seal())
		assert.Equal(t, p.Train.Features(), p.Input.Features(), name)
		assert.Equal(t, p.Train.Classes, p.Input.Classes(), name)
		assert.Equal(t, len(p.Train.Classes), p.Input.Outputs(), name)
		assert.False(t, p.Input.Regression())
		p.Train.Classes[0] = "spoiled"
		assert.NotContains(t, p.Input.Classes(), "spoiled")
	}
	digits, err := Load(Spec{Name: "digits"})
	require.NoError(t, err)
	assert.Equal(t, [3]int{8, 8, 1}, [3]int{digits.Input.Width, digits.Input.Height, digits.Input.Channels})
}

func TestInputOfGeneratedPointsTakesThemAsTheyAre(t *testing.T) {
	t.Parallel()
	p, err := Load(Spec{Name: "moons", Test: 0.2, Seed: 1})
	require.NoError(t, err)
	x, err := p.Input.Encode(tableOf(t, "y,x\n0.25,-3\n"))
	require.NoError(t, err)
	assert.Equal(t, []float32{-3, 0.25}, x.Data())
}
