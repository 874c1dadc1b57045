package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tableOf reads a table that must be readable.
func tableOf(t testing.TB, text string) *Table {
	t.Helper()
	table, err := ReadTable("t.csv", strings.NewReader(text))
	require.NoError(t, err)
	return table
}

// cells returns all cells of a table.
func cells(t *Table) [][]string {
	rows := [][]string{}
	for row := range t.Len() {
		var cells []string
		for column := range t.Header {
			cells = append(cells, t.Cell(row, column))
		}
		rows = append(rows, cells)
	}
	return rows
}

func TestReadTableUnderstandsTheDialects(t *testing.T) {
	t.Parallel()
	header, rows := []string{"a", "b", "c"}, [][]string{{"1", "x", "2.5"}, {"3", "y z", ""}}
	for name, text := range map[string]string{
		"comma":              "a,b,c\n1,x,2.5\n3,y z,\n",
		"semicolon":          "a;b;c\n1;x;2.5\n3;y z;\n",
		"tab":                "a\tb\tc\n1\tx\t2.5\n3\ty z\t\n",
		"no last line end":   "a,b,c\n1,x,2.5\n3,y z,",
		"CR LF":              "a,b,c\r\n1,x,2.5\r\n3,y z,\r\n",
		"byte order mark":    "\xef\xbb\xbfa,b,c\n1,x,2.5\n3,y z,\n",
		"mark and quotes":    "\xef\xbb\xbf\"a\",b,c\n1,x,2.5\n3,y z,\n",
		"quotes":             "\"a\",\"b\",\"c\"\n\"1\",\"x\",\"2.5\"\n\"3\",\"y z\",\"\"\n",
		"spaces":             " a , b,c \n 1,\tx , 2.5\n3,  \"y z\",\n",
		"spaces around tabs": "a \t b\tc\n 1\tx \t2.5 \n3\t\"y z\"\t \n",
		"blank lines":        "\n\r\n   \na,b,c\n\n1,x,2.5\n  \n,,\n , ,\n3,y z,\n\n\n",
	} {
		table := tableOf(t, text)
		assert.Equal(t, header, table.Header, name)
		assert.Equal(t, rows, cells(table), name)
	}
}

func TestReadTableFindsTheSeparatorInTheHeader(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"a,b;c,d\n":           {"a", "b;c", "d"},
		"a;b,c;d\n":           {"a", "b,c", "d"},
		"\"a,b,c\";d\n":       {"a,b,c", "d"},
		"\"a;\n;;\",d\n1,2\n": {"a;\n;;", "d"},
		"a,b;c\n":             {"a", "b;c"},
		"a\tb;c\n":            {"a\tb", "c"},
		"a\n1;2;3\n":          {"a"},
	} {
		assert.Equal(t, want, tableOf(t, text).Header, "%q", text)
	}
}

func TestReadTableKeepsWhatIsQuoted(t *testing.T) {
	t.Parallel()
	table := tableOf(t, "name,note\n\"Doe, Jane\",\"says \"\"hi\"\"\nand\r\nleaves\"\nx,\"\"\n")
	assert.Equal(t, [][]string{{"Doe, Jane", "says \"hi\"\nand\nleaves"}, {"x", ""}}, cells(table))
}

func TestTableTellsTheLineOfARow(t *testing.T) {
	t.Parallel()
	table := tableOf(t, "\n\na,b\n1,2\n\n\"3\n\n\",4\n,\n5,6\n")
	require.Equal(t, 3, table.Len())
	assert.Equal(t, []int{4, 6, 10}, []int{table.Line(0), table.Line(1), table.Line(2)})
}

func TestReadTableSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write([]byte("a,b\n1,2\n"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	const empty = `t.csv: the file is empty: it needs a line that names the columns, and rows`
	const encoding = `not text in UTF-8: save the file in this encoding`
	for text, want := range map[string]string{
		"":                                       empty,
		"\n\r\n \n":                              empty,
		",,\n":                                   empty,
		"\xef\xbb\xbf":                           empty,
		"a,b\n1\n":                               `t.csv:2: cells in this row: 1, columns in the header: 2`,
		"a,b\n1,2\n\n3,4,5\n":                    `t.csv:4: cells in this row: 3, columns in the header: 2`,
		"a,b\n1;2\n":                             `t.csv:2: cells in this row: 1, columns in the header: 2`,
		"a,b,a\n":                                `t.csv:1: columns 1 and 3 are both called "a": rename one`,
		"a, a \n":                                `t.csv:1: columns 1 and 2 are both called "a": rename one`,
		",b\n0,1\n":                              `t.csv:1: column 1 has no name: name it or remove the column`,
		"a,b,\n1,2,\n":                           `t.csv:1: column 3 has no name: name it or remove the column`,
		"5.1,3.5,setosa\n":                       `t.csv:1: "5.1" is data, not the name of a column: the first line must name the columns`,
		"1,85,66\n":                              `t.csv:1: "1" is data, not the name of a column: the first line must name the columns`,
		"\n7\n8\n":                               `t.csv:2: "7" is data, not the name of a column: the first line must name the columns`,
		"x,-1\n":                                 `t.csv:1: "-1" is data, not the name of a column: the first line must name the columns`,
		"a,b\n1,\"2\n3,4\n5,6\n":                 `t.csv:2: extraneous or missing " in quoted-field: put the cell in quotes and double the quotes in it`,
		"a,b\n1,2\n3,4\"\n":                      `t.csv:3: bare " in non-quoted-field: put the cell in quotes and double the quotes in it`,
		"a,b\n1,\"2\"3\n":                        `t.csv:2: extraneous or missing " in quoted-field: put the cell in quotes and double the quotes in it`,
		"a,b\n1,\xe9t\xe9\n":                     `t.csv:2: ` + encoding,
		"\xe9,b\n":                               `t.csv: ` + encoding,
		"a\r1\r2\r":                              `t.csv: the first line has a CR without LF: save the file with LF or CR LF at the end of lines`,
		"\xff\xfea\x00,\x00":                     `t.csv: the text is UTF-16: save the file as UTF-8`,
		"\xfe\xff\x00a\x00,":                     `t.csv: the text is UTF-16: save the file as UTF-8`,
		zipped.String():                          `t.csv: ` + encoding,
		strings.Repeat("x", maxName+1) + "\n":    `t.csv:1: the name of column 1 has 1025 bytes, but at most 1024 are allowed`,
		strings.Repeat("x;", maxColumns) + "y\n": `t.csv:1: 32769 columns, but at most 32768 are allowed`,
	} {
		table, err := ReadTable("t.csv", strings.NewReader(text))
		assert.EqualError(t, err, want, "%.100q", text)
		assert.Nil(t, table)
	}
}

func TestNumbersMayNameColumnsBesideOtherNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"country", "2019", "2020"}, tableOf(t, "country,2019,2020\n").Header)
	assert.Equal(t, []string{"label", "0", "1"}, tableOf(t, "label,0,1\n").Header)
}

func TestErrorsOfTablesEscapeNamesAndStayOnOneLine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\"a\x1b[2J\n\",\"a\x1b[2J\n\"\n", "a\n\"", "a,b\n\x1b\n"} {
		_, err := ReadTable("evil\n\x1b[31m.csv", strings.NewReader(text))
		require.Error(t, err)
		assert.False(t, strings.ContainsAny(err.Error(), "\x1b\n"), "%q", err.Error())
	}
	_, err := ReadTable(`C:\data\a file.csv`, strings.NewReader(""))
	assert.ErrorContains(t, err, `C:\data\a file.csv: the file`)
}

func TestReadTablePassesReadErrorsOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is on fire")
	for text, want := range map[string]string{
		"":            "t.csv: the disk is on fire",
		"a,b\n1,2\n3": "t.csv: the disk is on fire",
		"a,b\n" + strings.Repeat("1,2\n", readAhead): fmt.Sprintf("t.csv:%d: the disk is on fire", readAhead+2),
	} {
		_, err := ReadTable("t.csv", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)))
		assert.ErrorIs(t, err, broken)
		assert.EqualError(t, err, want)
	}
}

// oneByteForEver is a reader of one byte, without end.
type oneByteForEver byte

func (e oneByteForEver) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestReadTableNeverReadsOnForEver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		start string
		rest  oneByteForEver
		line  int
	}{
		{"", 0, 1}, {"", '\n', 1}, {"a", 'a', 1}, {"a,b\n", ',', 2}, {"a,b\n1,2\n", 'x', 3}, {"a,b\n1,2\n\"", 'y', 3}, {"a,b\n1,2\n", '\n', 3}, {"a,b\n1,2\n\"\"", '"', 3},
	} {
		source := &bounded{r: io.MultiReader(strings.NewReader(c.start), c.rest), left: 8 << 20}
		_, err := ReadTable("t.csv", source)
		assert.EqualError(t, err, fmt.Sprintf("t.csv:%d: the row is longer than 1048576 bytes: a quote that is not closed?", c.line), "%q", c.start)
		assert.Greater(t, source.left, int64(6<<20), "%q: more was read than needed", c.start)
	}
}

func TestLimitsOfARowAndOfAFileAreExact(t *testing.T) {
	t.Parallel()
	lim := limits{file: 200_000, record: 70_000}
	row := func(n int) string { return strings.Repeat("x", n-1) + "\n" }
	for _, chunk := range []int{1, 1000, readAhead, 1 << 20} {
		read := func(text string) error {
			_, err := readTable("t.csv", &chunked{strings.NewReader(text), chunk}, lim)
			return err
		}
		assert.NoError(t, read("a\n"+row(70_000)+row(70_000)))
		assert.NoError(t, read("a\n"+strings.TrimSpace(row(70_001))))
		assert.EqualError(t, read("a\n"+row(5)+row(70_001)), "t.csv:3: the row is longer than 70000 bytes: a quote that is not closed?")
		assert.EqualError(t, read("a\n"+row(70_000)+row(70_000)+row(60_000)), "t.csv:4: the file is larger than 200000 bytes: use fewer rows")
	}
}

// chunked reads at most n bytes at once.
type chunked struct {
	r io.Reader
	n int
}

func (c *chunked) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.n)]) }

func TestNewTableHoldsTheRowsGiven(t *testing.T) {
	t.Parallel()
	header, rows := []string{"a ", "b"}, [][]string{{" 1", "x"}, {"", ""}, {"2", "y"}}
	table, err := NewTable("memory", header, rows)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, table.Header)
	assert.Equal(t, [][]string{{"1", "x"}, {"2", "y"}}, cells(table))
	assert.Equal(t, []int{2, 4}, []int{table.Line(0), table.Line(1)})
	assert.Equal(t, " 1", rows[0][0], "what was given is not written")

	for want, given := range map[string][][]string{
		"memory: the file is empty: it needs a line that names the columns, and rows": {nil, {"a", "b"}},
		"memory:2: cells in this row: 1, columns in the header: 2":                    {{"a", "b"}, {"1"}},
		"memory:1: columns 1 and 2 are both called \"a\": rename one":                 {{"a", "a"}},
		"memory:2: the row is longer than 1048576 bytes":                              {{"a"}, {strings.Repeat("x", maxRecord+1)}},
	} {
		table, err := NewTable("memory", given[0], given[1:])
		assert.EqualError(t, err, want)
		assert.Nil(t, table)
	}
}

func FuzzReadTable(f *testing.F) {
	for _, seed := range []string{"", "a,b\n1,2\n", "\xef\xbb\xbfa;b\r\n1;\"x\n\"\"y\"\r\n", "a\tb\n\n1\t\n", "1,2\n", "a,a\n", "\"", "a\r1\r", "a,b\n,\n1", ",a\n1,2\n", "\xff\xfe", "x,2019\n-,?\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := readTable("t.csv", strings.NewReader(text), limits{file: 1 << 16, record: 1 << 12})
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.NotEmpty(t, table.Header)
		require.LessOrEqual(t, len(text), 1<<16+readAhead)
		last := 0
		for row, given := range cells(table) {
			require.Greater(t, table.Line(row), last)
			last = table.Line(row)
			require.True(t, utf8.ValidString(strings.Join(given, "")))
			require.NotEmpty(t, strings.Join(given, ""), "a blank line is no row")
		}
		// What was read, given as records, is the same table.
		again, err := NewTable("t.csv", table.Header, cells(table))
		require.NoError(t, err)
		require.Equal(t, table.Header, again.Header)
		require.Equal(t, cells(table), cells(again))
	})
}

func BenchmarkReadTable(b *testing.B) {
	var text strings.Builder
	text.WriteString("label," + strings.Join(numbered("p", 784), ",") + "\n")
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		fmt.Fprint(&text, r.IntN(10))
		for range 784 {
			fmt.Fprint(&text, ",", max(0, r.IntN(1000)-744))
		}
		text.WriteString("\n")
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadTable("b.csv", strings.NewReader(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
