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
	code  int
	want  []string // in the message
}

// table returns rows below a header that fits the model in the folder "kept", with some rows put in place of good ones.
func table(rows map[int]string) string {
	text := "area,rooms,town,garden,price\n"
	for line := 2; line < 40; line++ {
		row, ok := rows[line]
		if !ok {
			row = fmt.Sprintf("%d.5,%d,%s,yes,%d", 40+line, line%5, []string{"Ulm", "Bern"}[line%2], 100+line)
		}
		text += row + "\n"
	}
	return text
}

// wrongTables are files that cannot be learned from.
var wrongTables = []wrong{
	{"empty", map[string]string{"t.csv": ""}, "", exitFailed, []string{"t.csv: the file is empty"}},
	{"header alone", map[string]string{"t.csv": "area,price\n"}, "", exitFailed, []string{"t.csv", "rows below the header: 0"}},
	{"no header", map[string]string{"t.csv": "1,2\n3,4\n"}, "", exitFailed, []string{"t.csv:1", "first line must name the columns"}},
	{"missing", nil, "", exitFailed, []string{"t.csv", "no such file"}},
	{"folder", map[string]string{"t.csv/x": ""}, "", exitFailed, []string{"t.csv", "not a regular file"}},
	{"too few cells", map[string]string{"t.csv": table(map[int]string{9: "50,3,Ulm,yes"})}, "", exitFailed, []string{"t.csv:9", "cells in this row: 4, columns in the header: 5"}},
	{"too many cells", map[string]string{"t.csv": table(map[int]string{9: "50,3,Ulm,yes,1,1"})}, "", exitFailed, []string{"t.csv:9", "cells in this row: 6"}},
	{"NaN", map[string]string{"t.csv": table(map[int]string{7: "NaN,3,Ulm,yes,100"})}, "", exitFailed, []string{"t.csv:7", `"area"`, `"NaN"`}},
	{"infinity", map[string]string{"t.csv": table(map[int]string{7: "inf,3,Ulm,yes,100"})}, "", exitFailed, []string{"t.csv:7", `"area"`, `"inf"`}},
	{"text in numbers", map[string]string{"t.csv": table(map[int]string{7: "big,3,Ulm,yes,100"})}, "", exitFailed, []string{"t.csv:7", `"area"`, `"big" is not a number`}},
	{"empty cell", map[string]string{"t.csv": table(map[int]string{8: "50,3,,yes,100"})}, "", exitFailed, []string{"t.csv:8", `"town"`, "empty"}},
	{"target without a number", map[string]string{"t.csv": table(map[int]string{8: "50,3,Ulm,yes,"})}, "", exitFailed, []string{"t.csv:8", `"price"`}},
	{"unclosed quote", map[string]string{"t.csv": table(map[int]string{8: `50,3,"Ulm,yes,100`})}, "", exitFailed, []string{"t.csv:8"}},
	{"huge line", map[string]string{"t.csv": table(map[int]string{8: strings.Repeat("x", 3<<20)})}, "", exitFailed, []string{"t.csv:8", "longer than 1048576 bytes"}},
	{"one line without end", map[string]string{"t.csv": strings.Repeat("a,", 4<<20)}, "", exitFailed, []string{"t.csv:1"}},
	{"UTF-16", map[string]string{"t.csv": "\xff\xfea\x00,\x00"}, "", exitFailed, []string{"t.csv", "UTF-16"}},
	{"bytes", map[string]string{"t.csv": table(map[int]string{8: "50,3,Ulm\xfc,yes,100"})}, "", exitFailed, []string{"t.csv:8", "UTF-8"}},
	{"control characters in a name", map[string]string{"t.csv": "area,\x1b[31mred\n1,1\n2,2\n"}, "", exitFailed, []string{`\x1b[31mred`}},
	{"misspelt target", map[string]string{"t.csv": table(nil)}, "--target prize", exitFailed, []string{"t.csv", `did you mean "price"?`}},
	{"misspelt column", map[string]string{"t.csv": table(nil)}, "--drop rom", exitFailed, []string{"t.csv", `"rom"`}},
	{"no target", map[string]string{"t.csv": table(nil)}, "--target=", exitUsage, []string{"no target"}},
	{"unusable share", map[string]string{"t.csv": table(nil)}, "--test 1.5", exitUsage, []string{"test is 1.5"}},
}

func TestTableThatCannotBeUsedIsOneLineThatSaysWhereAndCostsNothing(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	for _, w := range wrongTables {
		w.args = "train csv:t.csv --target price --epochs 2 --force --out kept " + w.args
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.assertRefused(t, world)
		})
	}
}

func TestImagesThatCannotBeUsedAreOneLineThatSaysWhichAndCostNothing(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	good := pngOf(t, stripes(rand.New(rand.NewPCG(1, 1)), 0))
	idx := func(name, text string) map[string]string { return map[string]string{"idx/" + name: text} }
	const images, idxs = "train images:stripes", "train mnist --data idx"
	for _, w := range []wrong{
		{"start alone", map[string]string{"stripes/lies/bad.png": good[:20]}, images, exitFailed, []string{"bad.png", "cut off"}},
		{"pixels cut off", map[string]string{"stripes/lies/bad.png": good[:len(good)-30]}, images, exitFailed, []string{"bad.png", "damaged"}},
		{"damaged", map[string]string{"stripes/lies/bad.png": strings.Replace(good, "IDAT", "IDAX", 1)}, images, exitFailed, []string{"bad.png", "damaged"}},
		{"empty", map[string]string{"stripes/lies/bad.png": ""}, images, exitFailed, []string{"bad.png", "empty"}},
		{"text", map[string]string{"stripes/lies/notes.txt": "hello"}, images, exitFailed, []string{"notes.txt", "neither PNG nor JPEG"}},
		{"other size", map[string]string{"stripes/lies/bad.png": pngOf(t, image.NewGray(image.Rect(0, 0, 3, 5)))}, images, exitFailed, []string{"3 by 5", "8 by 8"}},
		{"file among folders", map[string]string{"stripes/bad.png": good}, images, exitFailed, []string{"bad.png", "among the folders"}},
		{"no folder", nil, "train images:nowhere", exitFailed, []string{"nowhere", "no such file"}},
		{"no IDX", nil, "train mnist --data nowhere", exitFailed, []string{"nowhere", "heft data fetch mnist"}},
		{"gzip cut off", idx("train-images-idx3-ubyte.gz", gzipped(string(idxHeader(200, side, side)))[:20]), idxs, exitFailed, []string{"train-images-idx3-ubyte.gz", "cut off"}},
		{"gzip damaged", idx("train-images-idx3-ubyte.gz", "\x1f\x8bhello, this is none"), idxs, exitFailed, []string{"train-images-idx3-ubyte.gz", "damaged"}},
		{"too few pixels", idx("t10k-images-idx3-ubyte", string(idxHeader(50, side, side))), idxs, exitFailed, []string{"t10k-images-idx3-ubyte", "cut off"}},
		{"more promised than memory holds", idx("t10k-images-idx3-ubyte", string(idxHeader(1<<31, 1<<31, 1<<31))), idxs, exitFailed, []string{"t10k-images-idx3-ubyte"}},
		{"too few labels", idx("t10k-labels-idx1-ubyte", string(idxHeader(1))+"\x01"), idxs, exitFailed, []string{"t10k-labels-idx1-ubyte", "1 labels", "50 images"}},
		{"label of no class", idx("t10k-labels-idx1-ubyte", string(idxHeader(50))+strings.Repeat("\x63", 50)), idxs, exitFailed, []string{"t10k-labels-idx1-ubyte", "label 0 is 99"}},
	} {
		w.args += " --epochs 2 --force --out kept"
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.assertRefused(t, world)
		})
	}
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

// assertRefused checks that a command ends with an error in one line, prints nothing else, and changes nothing.
func (w wrong) assertRefused(t *testing.T, world shell) {
	t.Helper()
	s := newShell(t)
	require.NoError(t, os.CopyFS(s.dir, os.DirFS(world.dir)))
	for name, text := range w.files {
		s.write(t, name, text)
	}
	before := s.snapshot(t)
	got := s.heft(t, strings.Fields(w.args)...)
	assert.Equal(t, w.code, got.code, got.errs)
	assert.Empty(t, got.out)
	lines := 1
	if w.code == exitUsage {
		lines = 2 // the second says where to look
	}
	require.Len(t, got.lines, lines, got.errs)
	assert.Regexp(t, `^heft: `, got.errs)
	assert.LessOrEqual(t, len(got.lines[0].text), 400, "a line that can be read")
	for _, want := range w.want {
		assert.Contains(t, got.errs, want)
	}
	assert.Equal(t, before, s.snapshot(t))
}
