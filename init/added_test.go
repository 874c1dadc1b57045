package initializer

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This file is all that a scheme needs: what it registers stands in Names and is read by Parse.

var _ = register(entry{
	family: familyDrawn, name: "checkers", about: "SIZE and -SIZE in turn", numbers: []float64{1},
	scheme: func(n []float64, _ []Option) Scheme { return Checkers(n[0]) },
})

// Checkers starts weights at size and -size in turn.
func Checkers(size float64) Scheme {
	return rule{settings{}.text("checkers", size), func(_ *Param, _ *rand.Rand, dst []float32) {
		for i := range dst {
			dst[i] = float32(size) * float32(1-2*(i%2))
		}
	}}
}

func TestASchemeOfOneFileIsFoundByName(t *testing.T) {
	t.Parallel()
	names, about := Names()
	require.Contains(t, names, "checkers")
	assert.Contains(t, about, "SIZE and -SIZE in turn")
	s, err := Parse("zeros; *.weight=checkers(0.5)")
	require.NoError(t, err)
	require.Equal(t, "zeros; *.weight=checkers(0.5)", s.String())
	dst := make([]float32, 3)
	s.Fill(&Param{Name: "fc.weight"}, nil, dst)
	require.Equal(t, []float32{0.5, -0.5, 0.5}, dst)
}

func TestNamesStandByFamily(t *testing.T) {
	t.Parallel()
	names, _ := Names()
	last := familyConstant
	for _, name := range names {
		e := find(name)
		require.GreaterOrEqual(t, e.family, last, name)
		last = e.family
	}
}

func TestANameThatIsTakenIsRefused(t *testing.T) {
	t.Parallel()
	before := len(entries)
	require.PanicsWithError(t, `initializer: two schemes are called "zeros"`, func() { register(entry{name: "zeros"}) })
	require.Len(t, entries, before)
}
