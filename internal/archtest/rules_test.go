package archtest

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The tests below show that the rules see what they forbid: a rule that matches nothing would pass for ever.

func TestMissingCommentsAreSeen(t *testing.T) {
	t.Parallel()
	const code = `package x

func Bare() {}

// Said is.
func Said() {}

func (b *box[T]) Hidden() {}

func (b *Box[K, V]) Open() {}

type Box[K, V any] struct{}

type Face interface {
	Look()
	Nod() // politely
	hide()
}

// Letters of an alphabet.
const (
	A = iota
	B
)

var Loose, hidden int
`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", code, parser.ParseComments)
	require.NoError(t, err)
	var without []string
	documented(source{File: file}, func(_ token.Pos, name, comment string) {
		if comment == "" {
			without = append(without, name)
		}
	})
	assert.Equal(t, []string{"Bare", "Open", "Box", "Face", "Look", "Loose"}, without)
}

func TestOffencesAreSeen(t *testing.T) {
	t.Parallel()
	for i, bad := range []string{"// TO" + "DO: later\n", "fine \U0001F600\n", "line\r\n", "line \n", "\tpass\n", "no newline"} {
		o := offences[i]
		assert.True(t, o.pattern.MatchString(bad) && o.in("x.py"), o.what)
		assert.False(t, o.pattern.MatchString("A plain line, with x² and ▂▃▅.\n"), o.what)
	}
	assert.Len(t, offences, 6)
	assert.False(t, indentedBySpaces("README.md") || indentedBySpaces("nn/linear.go"))
}

func TestRoomsAndLibrariesAreFound(t *testing.T) {
	t.Parallel()
	r, ok := roomOf("serialize/safetensors")
	require.True(t, ok)
	assert.True(t, anyMatches(r.imports, "dtype"))
	assert.False(t, anyMatches(r.imports, "nn"))
	_, ok = roomOf("serialize/safetensors/deeper")
	assert.False(t, ok, "a pattern is for one level")
	l, ok := libraryOf("gonum.org/v1/gonum/blas/blas32")
	require.True(t, ok)
	assert.False(t, anyMatches(l.importers, "autograd"))
	_, ok = libraryOf("gonum.org/v1/gonum/blasphemy")
	assert.False(t, ok)
	assert.True(t, standard("encoding/json"))
	assert.False(t, standard("example.com/json"))
}

func TestLinksAreFound(t *testing.T) {
	t.Parallel()
	found := link.FindAllStringSubmatch("see [`x`](a/b.md), ![p](docs/p.svg) and [here](#part) or [there](c.md#part)", -1)
	var targets []string
	for _, m := range found {
		targets = append(targets, m[1])
	}
	assert.Equal(t, []string{"a/b.md", "docs/p.svg", "c.md"}, targets)
}
