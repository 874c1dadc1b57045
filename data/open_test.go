package data

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpenKnowsEveryName(t *testing.T) {
	t.Parallel()
	for _, name := range carried() {
		train, test, err := Open(name, 1)
		require.NoError(t, err)
		for _, s := range []*Set{train, test} {
			require.NoError(t, s.Validate())
			assert.NotContains(t, s.Counts(), 0, "%s lacks a class", s.Name)
			assert.Contains(t, s.Name, name)
		}
		assert.Equal(t, train.Classes, test.Classes)
	}
}

// The documentation promises these sizes: name, samples of both parts, the sample, classes.
func TestDocumentedTableIsWhatOpenGives(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	rows := regexp.MustCompile(`(?m)^//\t([\w-]+) +(\d+ \+ \d+) .*? (\d+)  +(?:-|0\.\d) +\S.*$`).FindAllStringSubmatch(string(doc), -1)
	documented := [][3]string{}
	for _, row := range rows {
		documented = append(documented, [3]string(row[1:]))
	}
	given := [][3]string{}
	for _, name := range carried() {
		train, test, err := Open(name, 3)
		require.NoError(t, err)
		given = append(given, [3]string{name, fmt.Sprintf("%d + %d", train.Len(), test.Len()), fmt.Sprint(len(train.Classes))})
	}
	for _, d := range publishedSets {
		const header = 8 // bytes before the labels
		given = append(given, [3]string{d.name, fmt.Sprintf("%d + %d", d.files[trainLabels].size-header, d.files[testLabels].size-header), fmt.Sprint(len(d.classes))})
	}
	assert.Equal(t, given, documented)
}

// carried returns the names of the sets that are part of Heft.
func carried() []string {
	return slices.DeleteFunc(Names(), func(name string) bool { return slices.Contains(Downloads(), name) })
}

func TestOpenDependsOnTheSeedUnlessTheSetIsFixed(t *testing.T) {
	t.Parallel()
	hash := func(name string, seed uint64) string {
		train, test, err := Open(name, seed)
		require.NoError(t, err)
		return train.Hash() + test.Hash()
	}
	for _, name := range carried() {
		assert.Equal(t, hash(name, 1), hash(name, 1), name)
		if name == "digits" {
			assert.Equal(t, hash(name, 1), hash(name, 2), name)
		} else {
			assert.NotEqual(t, hash(name, 1), hash(name, 2), name)
		}
	}
}

func TestOpenListsTheKnownNamesForAnUnknownOne(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"emnist":  `unknown data set "emnist" (did you mean mnist?): known are digits, moons, spiral, xor, circles, gauss, mnist, fashion-mnist, csv:PATH, images:DIR, text and text:PATH`,
		"":        `unknown data set "": known are digits, moons, spiral, xor, circles, gauss, mnist, fashion-mnist, csv:PATH, images:DIR, text and text:PATH`,
		"\x1b[2J": `unknown data set "\x1b[2J": known are digits, moons, spiral, xor, circles, gauss, mnist, fashion-mnist, csv:PATH, images:DIR, text and text:PATH`,
	} {
		train, test, err := Open(name, 1)
		require.EqualError(t, err, want)
		assert.Nil(t, train)
		assert.Nil(t, test)
	}
}

func TestNamesIsACopy(t *testing.T) {
	t.Parallel()
	Names()[0] = "spoiled"
	assert.Equal(t, "digits", Names()[0])
}
