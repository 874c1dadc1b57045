package table_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/table"
	_ "github.com/heft-ml/heft/internal/testmode"
)

func pets() []table.Column {
	return []table.Column{
		{Title: "name", Cells: []string{"Rex", "Mīmī 猫"}},
		{Title: "owner", Cells: []string{"", ""}},
		{Title: "legs", Right: true, Cells: []string{"4", ""}},
		{Title: "kind", Cells: []string{"dog", "cat"}},
	}
}

// written draws the table; "|" stands before every line, for the tests to read better.
func written(t *testing.T, width int, columns []table.Column) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, table.Write(&b, width, columns...))
	return "|" + strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", "\n|")
}

func TestColumnsAlignAndEmptyOnesAreLeftOut(t *testing.T) {
	t.Parallel()
	const want = `
|name     legs  kind
|Rex         4  dog
|Mīmī 猫        cat`
	assert.Equal(t, want[1:], written(t, 19, pets()))
}

func TestRowsBecomeParagraphsWhereLinesAreTooShort(t *testing.T) {
	t.Parallel()
	const want = `
|Rex
|  legs  4
|  kind  dog
|Mīmī 猫
|  kind  cat`
	assert.Equal(t, want[1:], written(t, 18, pets()))
}

func TestExpendableColumnsGoFirstAndTogether(t *testing.T) {
	t.Parallel()
	columns := pets()
	columns[2].Expend, columns[3].Expend = 1, 2
	const one = `
|name     legs
|Rex         4
|Mīmī 猫`
	assert.Equal(t, one[1:], written(t, 18, columns))
	columns[2].Expend = 2
	const both = `
|name
|Rex
|Mīmī 猫`
	assert.Equal(t, both[1:], written(t, 18, columns))
	assert.Contains(t, written(t, 6, columns), "|  kind  cat", "paragraphs have everything")
}

func TestTableWithoutTextIsNothing(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "|", written(t, 80, nil))
	assert.Equal(t, "|", written(t, 80, []table.Column{{Title: "name"}, {Title: "age", Cells: []string{}}}))
}

func TestTextOfOthersCannotCommandTheTerminal(t *testing.T) {
	t.Parallel()
	assert.Equal(t, `a\x1b[31m"b"\nc\\ é \u202e`, table.Safe("a\x1b[31m\"b\"\nc\\ é \u202e"))
}

type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestFailureToWriteIsTold(t *testing.T) {
	t.Parallel()
	assert.ErrorIs(t, table.Write(full{}, 80, pets()...), errFull)
	assert.ErrorIs(t, table.Write(full{}, 1, pets()...), errFull)
}

func TestTextIsWrappedAtBlanks(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a\nlonger\nb c", table.Wrap("a longer b c", 3))
	assert.Equal(t, "é é\né", table.Wrap("é  é é", 3), "a width is counted in characters")
	assert.Empty(t, table.Wrap("", 3))
}
