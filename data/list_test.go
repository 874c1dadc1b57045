package data

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListTellsOfAllSetsWhatTheyAre(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	touch(t, dir, "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
	infos, err := List(Dir(dir))
	require.NoError(t, err)
	assert.Equal(t, []Info{
		{Name: "digits", Train: 1438, Test: 359, Features: 64, Classes: 10, License: "CC BY 4.0"},
		{Name: "moons", Train: 800, Test: 200, Features: 2, Classes: 2},
		{Name: "spiral", Train: 800, Test: 200, Features: 2, Classes: 2},
		{Name: "xor", Train: 800, Test: 200, Features: 2, Classes: 2},
		{Name: "circles", Train: 800, Test: 200, Features: 2, Classes: 2},
		{Name: "gauss", Train: 800, Test: 200, Features: 2, Classes: 2},
		{Name: "mnist", Train: 60000, Test: 10000, Features: 784, Classes: 10, License: "CC BY-SA 3.0", Download: true, Folder: dir},
		{Name: "fashion-mnist", Train: 60000, Test: 10000, Features: 784, Classes: 10, License: "MIT", Download: true, Folder: dir},
	}, infos)

	infos, err = List(Dir(t.TempDir()))
	require.NoError(t, err)
	assert.Empty(t, infos[len(infos)-1].Folder)
	assert.True(t, infos[len(infos)-1].Download)
}
