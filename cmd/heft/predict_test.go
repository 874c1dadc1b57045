package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
)

// flowers writes a table of two classes that one column tells apart.
func flowers(t *testing.T, dir string) (path string) {
	var b strings.Builder
	b.WriteString("length,color,kind\n")
	for i := range 60 {
		kind, length := "rose", 1+0.01*float64(i)
		if i%2 == 0 {
			kind, length = "tulip", 3+0.01*float64(i)
		}
		fmt.Fprintf(&b, "%.2f,%s,%s\n", length, []string{"red", "white", "pink"}[i%3], kind)
	}
	path = filepath.Join(dir, "flowers.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o666))
	return path
}

func TestPredictAnswersForRows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	code, _, errs := command("train", "csv:"+flowers(t, dir), "--target", "kind", "-q", "--epochs", "40", "--out", run)
	require.Equal(t, exitOK, code, errs)
	fresh := filepath.Join(dir, "new.csv")
	require.NoError(t, os.WriteFile(fresh, []byte("\xef\xbb\xbfcolor,length\r\nred,1.1\r\npink,3.2\r\n"), 0o666))

	code, out, errs := command("predict", run, fresh, "--probabilities")
	require.Equal(t, exitOK, code, errs)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, []string{"input", "row", "kind", "probability", "p(rose)", "p(tulip)"}, rows[0])
	assert.Equal(t, []string{fresh, "1", "rose"}, rows[1][:3])
	assert.Equal(t, []string{fresh, "2", "tulip"}, rows[2][:3])

	code, out, errs = commandReading("color,length,kind\nred,1.1,?\n", "predict", run, "-", "--json")
	require.Equal(t, exitOK, code, errs)
	var answer struct {
		Input, Prediction string
		Row               int
		Probability       float64
		Probabilities     map[string]float64
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	assert.Equal(t, "rose", answer.Prediction)
	assert.Equal(t, "stdin", answer.Input)
	assert.InDelta(t, 1, answer.Probabilities["rose"]+answer.Probabilities["tulip"], 1e-6)

	code, out, errs = command("eval", run, "csv:"+filepath.Join(dir, "flowers.csv"), "--json")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, `"confusion"`)
}

func TestPredictSaysWhichCellIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	code, _, errs := command("train", "csv:"+flowers(t, dir), "--target", "kind", "-q", "--epochs", "1", "--out", run)
	require.Equal(t, exitOK, code, errs)
	for text, want := range map[string]string{
		"color,length\nblue,1\n":         `stdin:2: column "color": "blue"`,
		"color,length\nred,long\n":       `stdin:2: column "length": "long" is not a number`,
		"color\nred\n":                   `no column "length"`,
		"color,length,weight\nred,1,1\n": `"weight"`,
		"color,length\nred\n":            "stdin:2",
		"color,length\n":                 "no rows",
		"":                               "stdin",
	} {
		code, out, errs := commandReading(text, "predict", run, "-")
		assert.Equal(t, exitFailed, code, text)
		assert.Empty(t, out, text)
		assert.Contains(t, errs, want, text)
		assert.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 1, errs)
	}
}

func TestPredictReadsImages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	code, _, errs := command("train", "digits", "-q", "--epochs", "8", "--out", run)
	require.Equal(t, exitOK, code, errs)
	_, test := data.Digits()
	right := 0
	var paths []string
	for i := range 20 {
		img := image.NewGray(image.Rect(0, 0, 8, 8))
		for p, v := range test.X.Data()[64*i : 64*(i+1)] {
			img.SetGray(p%8, p/8, color.Gray{Y: uint8(255*v + 0.5)})
		}
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, img))
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("%d.png", i)))
		require.NoError(t, os.WriteFile(paths[i], b.Bytes(), 0o666))
	}
	code, out, errs := command(append([]string{"predict", run}, paths...)...)
	require.Equal(t, exitOK, code, errs)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 21)
	for i, row := range rows[1:] {
		if row[2] == fmt.Sprint(test.Y.Data[i]) {
			right++
		}
	}
	assert.GreaterOrEqual(t, right, 18)
	require.NoError(t, os.WriteFile(paths[0], []byte("\x89PNG\r\n\x1a\nbroken"), 0o666))
	code, _, errs = command("predict", run, paths[0])
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, paths[0])
}

// commandReading is command with something on stdin.
func commandReading(stdin string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &o, &e)
	return code, o.String(), e.String()
}
