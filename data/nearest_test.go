package data

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNearestIsTheNameThatWasMeant(t *testing.T) {
	t.Parallel()
	names := []string{"sepal_length", "sepal_width", "petal_length", "species", "Größe"}
	for given, want := range map[string]string{
		"speces":                      "species",
		"Species":                     "species",
		"sepal_lenght":                "sepal_length",
		"petal-length":                "petal_length",
		"große":                       "Größe",
		"class":                       "",
		"":                            "",
		"x":                           "",
		strings.Repeat("species", 10): "",
	} {
		assert.Equal(t, want, nearest(given, names), "%q", given)
	}
}

func TestDistanceCountsChanges(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"", "abc"}: 3, {"abc", ""}: 3, {"abc", "abc"}: 0,
		{"kitten", "sitting"}: 3, {"flaw", "lawn"}: 2, {"ab", "ba"}: 2, {"ä", "a"}: 1,
	} {
		assert.Equal(t, want, distance([]rune(pair[0]), []rune(pair[1])), "%v", pair)
	}
}

// Each comparison takes as many steps as the product of the lengths: without bounds a hostile header takes half an hour.
func TestNearestLooksAtFewAndShortNamesOnly(t *testing.T) {
	t.Parallel()
	names := append(numbered("column", nearestNames-1), "species", "setosa")
	assert.Equal(t, "species", nearest("speciez", names))
	assert.Empty(t, nearest("setoza", names), "beyond the first names")

	long := strings.Repeat("x", nearestBytes)
	assert.Equal(t, long, nearest(long[1:], []string{long}))
	assert.Empty(t, nearest(long, []string{long + "x"}), "the name is too long")
	assert.Empty(t, nearest(long+"x", []string{long}), "what is given is too long")
}

func TestListingStopsInTime(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `"a", "b\n"`, listing([]string{"a", "b\n"}))
	assert.Equal(t, `"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11" and 38 more`, listing(numbered("", 50)))
	assert.Equal(t, `"`+strings.Repeat("x", 40)+`"`, listing([]string{strings.Repeat("x", 1000)}))
}
