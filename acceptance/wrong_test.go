package acceptance_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wrong is something a user gets wrong, or the world does.
type wrong struct {
	name  string
	files map[string]string // written first
	args  string
	want  []string // in the message
}

// file is a single one to write.
func file(name, text string) map[string]string { return map[string]string{name: text} }

// badLine is where tables below have what is wrong.
const badLine = 9

// table returns a table that is fine but for the row in badLine.
func table(bad string) string {
	text := "area,rooms,town,garden,price\n"
	for line := 2; line < 40; line++ {
		row := fmt.Sprintf("%d.5,%d,%s,yes,%d", 40+line, line%5, []string{"Ulm", "Bern"}[line%2], 100+line)
		if line == badLine {
			row = bad
		}
		text += row + "\n"
	}
	return text
}

// fine is a row that table takes.
const fine = "50,3,Ulm,yes,100"

// wrongTables are texts of t.csv that cannot be learned from.
var wrongTables = []struct {
	name, text string
	want       []string
}{
	{"empty", "", []string{"t.csv: the file is empty"}},
	{"header alone", "area,price\n", []string{"t.csv", "rows below the header: 0"}},
	{"no header", "1,2\n3,4\n", []string{"t.csv:1", "first line must name the columns"}},
	{"other columns", "a,b\n1,2\n3,4\n", []string{"t.csv", `no column is called "price"`}},
	{"too few cells", table("50,3,Ulm,yes"), []string{"t.csv:9", "cells in this row: 4, columns in the header: 5"}},
	{"too many cells", table("50,3,Ulm,yes,1,1"), []string{"t.csv:9", "cells in this row: 6"}},
	{"NaN", table("NaN,3,Ulm,yes,100"), []string{"t.csv:9", `"area"`, `"NaN"`}},
	{"infinity", table("inf,3,Ulm,yes,100"), []string{"t.csv:9", `"area"`, `"inf"`}},
	{"text in numbers", table("big,3,Ulm,yes,100"), []string{"t.csv:9", `"area"`, `"big" is not a number`}},
	{"empty cell", table("50,3,,yes,100"), []string{"t.csv:9", `"town"`, "empty"}},
	{"target without a number", table("50,3,Ulm,yes,"), []string{"t.csv:9", `"price"`}},
	{"quote that stays open", table(`50,3,"Ulm,yes,100`), []string{"t.csv:9"}},
	{"huge line", table(strings.Repeat("x", 3<<20)), []string{"t.csv:9", "longer than 1048576 bytes"}},
	{"line without end", strings.Repeat("a,", 4<<20), []string{"t.csv:1"}},
	{"UTF-16", "\xff\xfea\x00,\x00", []string{"t.csv", "UTF-16"}},
	{"other encoding", table("50,3,Ulm\xfc,yes,100"), []string{"t.csv:9", "UTF-8"}},
	{"control characters in a name", "area,\x1b[31mred\n1,1\n2,2\n", []string{`\x1b[31mred`}},
}

func TestTableThatCannotBeUsedIsOneLineThatSaysWhereAndCostsNothing(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	const learn = "train csv:t.csv --target price --epochs 2 --force --out kept"
	for _, c := range wrongTables {
		wrong{c.name, file("t.csv", c.text), learn, c.want}.isRefused(t, world, exitFailed)
	}
	good := file("t.csv", table(fine))
	for _, w := range []wrong{
		{"missing", nil, learn, []string{"t.csv", "no such file"}},
		{"folder", file("t.csv/x", ""), learn, []string{"t.csv", "not a regular file"}},
		{"misspelt target", good, learn + " --target prize", []string{"t.csv", `did you mean "price"?`}},
		{"misspelt column", good, learn + " --drop rom", []string{"t.csv", `"rom"`}},
	} {
		w.isRefused(t, world, exitFailed)
	}
	for _, w := range []wrong{
		{"no target", good, learn + " --target=", []string{"no target"}},
		{"unusable share", good, learn + " --test 1.5", []string{"test is 1.5"}},
	} {
		w.isRefused(t, world, exitUsage)
	}
}

func TestImagesThatCannotBeUsedAreOneLineThatSaysWhichAndCostNothing(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	good := pngOf(t, stripes(rand.New(rand.NewPCG(1, 1)), 0))
	small := pngOf(t, image.NewGray(image.Rect(0, 0, 3, 5)))
	const images = "train images:stripes --epochs 2 --force --out kept"
	for _, w := range []wrong{
		{"start alone", file("stripes/lies/bad.png", good[:20]), images, []string{"bad.png", "cut off"}},
		{"pixels cut off", file("stripes/lies/bad.png", good[:len(good)-30]), images, []string{"bad.png", "damaged"}},
		{"damaged", file("stripes/lies/bad.png", strings.Replace(good, "IDAT", "IDAX", 1)), images, []string{"bad.png", "damaged"}},
		{"empty", file("stripes/lies/bad.png", ""), images, []string{"bad.png", "empty"}},
		{"text", file("stripes/lies/notes.txt", "hello"), images, []string{"notes.txt", "neither PNG nor JPEG"}},
		{"other size", file("stripes/lies/bad.png", small), images, []string{"3 by 5", "8 by 8"}},
		{"file among folders", file("stripes/bad.png", good), images, []string{"bad.png", "among the folders"}},
		{"no folder", nil, "train images:nowhere", []string{"nowhere", "no such file"}},
	} {
		w.isRefused(t, world, exitFailed)
	}
}

func TestIDXFilesThatCannotBeUsedAreOneLineThatSaysWhichAndCostNothing(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	packed := gzipped(string(idxHeader(200, side, side)))
	huge := string(idxHeader(1<<31, 1<<31, 1<<31))
	for _, c := range []struct {
		name, file, text string
		want             string
	}{
		{"gzip cut off", "train-images-idx3-ubyte.gz", packed[:20], "cut off"},
		{"no gzip", "train-images-idx3-ubyte.gz", "\x1f\x8bhello, this is none", "damaged"},
		{"fewer pixels", "t10k-images-idx3-ubyte", string(idxHeader(50, side, side)), "cut off"},
		{"more promised than memory holds", "t10k-images-idx3-ubyte", huge, "t10k-images"},
		{"fewer labels", "t10k-labels-idx1-ubyte", string(idxHeader(1)) + "\x01", "has 50 images"},
		{"label of no class", "t10k-labels-idx1-ubyte", string(idxHeader(50)) + strings.Repeat("\x63", 50), "label 0 is 99"},
	} {
		const learn = "train mnist --data idx --epochs 2 --force --out kept"
		wrong{c.name, file("idx/"+c.file, c.text), learn, []string{c.file, c.want}}.isRefused(t, world, exitFailed)
	}
	wrong{"no files", nil, "train mnist --data nowhere", []string{"nowhere", "heft data fetch mnist"}}.isRefused(t, world, exitFailed)
}

// newWorld returns a folder with a table, images, IDX files and, in "kept", a run on the table.
func newWorld(t *testing.T) shell {
	t.Helper()
	s := newShell(t)
	s.writeHouses(t)
	s.writeImages(t, "stripes")
	s.writeIDX(t, "idx")
	s.must(t, "train", "csv:houses.csv", "--target", "price", "--epochs", "2", "--quiet", "--out", "kept")
	return s
}

// isRefused is a test of its own that a command ends with that exit code and an error in one line, prints nothing else, and
// changes nothing.
func (w wrong) isRefused(t *testing.T, world shell, code int) {
	t.Helper()
	t.Run(w.name, func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		require.NoError(t, os.CopyFS(s.dir, os.DirFS(world.dir)))
		for name, text := range w.files {
			s.write(t, name, text)
		}
		before := s.snapshot(t)
		got := s.heft(t, strings.Fields(w.args)...)
		assert.Equal(t, code, got.code, got.errs)
		assert.Empty(t, got.out)
		lines := 1
		if code == exitUsage {
			lines = 2 // the second says where to look
		}
		require.Len(t, got.lines, lines, got.errs)
		assert.Regexp(t, `^heft: `, got.errs)
		assert.LessOrEqual(t, len(got.lines[0].text), 400, "a line that can be read")
		for _, want := range w.want {
			assert.Contains(t, got.errs, want)
		}
		assert.Equal(t, before, s.snapshot(t))
	})
}
