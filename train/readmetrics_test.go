package train

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rows are the epochs of a run with numbers that are hard to write.
func rows(regression, validated bool) (rows []Epoch) {
	for i, v := range []float64{1.0 / 3, math.SmallestNonzeroFloat64, math.MaxFloat64, 0} {
		s := Score{Loss: v, Accuracy: v / 2}
		if regression {
			s = Score{Loss: v, R2: -v, MAE: v / 3}
		}
		e := Epoch{Epoch: i + 1, Step: 7 * (i + 1), Train: s, LR: v / 7, GradNorm: v / 9, Elapsed: time.Duration(i) * 1234 * time.Millisecond}
		if validated {
			e.Validation = s
		}
		rows = append(rows, e)
	}
	return rows
}

// metricsText is the metrics.csv of a run.
func metricsText(t testing.TB, rows []Epoch, regression, validated bool) string {
	t.Helper()
	scored := make([]Epoch, len(rows))
	for i, e := range rows {
		e.Train.Samples = 100
		if validated {
			e.Validation.Samples = 10
		}
		scored[i] = e
	}
	var b bytes.Buffer
	require.NoError(t, writeMetrics(&b, scored, regression))
	return b.String()
}

func TestMetricsReadBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, regression := range []bool{false, true} {
		for _, validated := range []bool{false, true} {
			want := rows(regression, validated)
			m, err := parseMetrics([]byte(metricsText(t, want, regression, validated)))
			require.NoError(t, err)
			assert.Equal(t, metrics{want, regression, validated}, m)
		}
	}
	m, err := parseMetrics([]byte(metricsText(t, nil, true, true)))
	require.NoError(t, err)
	assert.Equal(t, metrics{regression: true}, m)
}

func TestDamagedMetricsAreRefusedByLine(t *testing.T) {
	t.Parallel()
	good := metricsText(t, []Epoch{{Epoch: 1, Step: 5, LR: 0.5}, {Epoch: 2, Step: 9, LR: 0.25}}, false, true)
	const header = "epoch,step,train_loss,train_accuracy,val_loss,val_accuracy,lr,grad_norm,seconds\n"
	require.Equal(t, header+"1,5,0,0,0,0,0.5,0,0.000\n2,9,0,0,0,0,0.25,0,0.000\n", good)
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "line 1 has not the columns"},
		"not a table":       {"\x7fELF\x00\n", "line 1 has not the columns"},
		"cut in the header": {good[:20], "line 1 has not the columns"},
		"cut in a number":   {good[:len(good)-3], "the last line has no end: truncated"},
		"cut in a line":     {header + "1,5,0\n", "wrong number of fields"},
		"quote left open":   {header + "1,5,0,0,0,0,0.5,0,\"0.000\n", "extraneous or missing \" in quoted-field"},
		"epoch left out":    {header + "2,9,0,0,0,0,0.25,0,0.000\n", "line 2: epoch 2 with step 9 does not follow epoch 0 with step 0"},
		"step goes back":    {good + "3,9,0,0,0,0,0.25,0,0.000\n", "line 4: epoch 3 with step 9 does not follow"},
		"NaN":               {header + "1,5,NaN,0,0,0,0.5,0,0.000\n", `line 2: train_loss is "NaN", not a number`},
		"infinite":          {header + "1,5,0,0,0,0,+Inf,0,0.000\n", `lr is "+Inf", not a number`},
		"too large":         {header + "1,5,0,0,0,0,0.5,1e999,0.000\n", `grad_norm is "1e999"`},
		"word":              {header + "one,5,0,0,0,0,0.5,0,0.000\n", `epoch is "one", not a whole number`},
		"control character": {header + "1,5,0,\x1b[31m,0,0,0.5,0,0.000\n", `train_accuracy is "\x1b[31m", not a number`},
		"time":              {header + "1,5,0,0,0,0,0.5,0,-1\n", `seconds is "-1", not a time`},
		"eternity":          {header + "1,5,0,0,0,0,0.5,0,1e300\n", `seconds is "1e300", not a time`},
		"half a score":      {header + "1,5,0,0,,0.5,0.5,0,0.000\n", `val_accuracy is "0.5", not empty`},
		"half validated":    {good + "3,12,0,0,,,0.25,0,0.000\n", "line 4: some epochs have a validation score and others none"},
	} {
		_, err := parseMetrics([]byte(c.text))
		if assert.ErrorContains(t, err, c.want, name) {
			assert.NotContains(t, err.Error(), "\n", name)
		}
	}
}

func TestMetricsFileIsNamedWhenItCannotBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), MetricsFile)
	_, err := readMetrics(path)
	assert.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("epoch\n"), 0o666))
	_, err = readMetrics(path)
	assert.ErrorContains(t, err, path)
	large, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, large.Truncate(maxMetrics+1))
	require.NoError(t, large.Close())
	_, err = readMetrics(path)
	assert.ErrorContains(t, err, "larger than")
}

func FuzzParseMetrics(f *testing.F) {
	for _, regression := range []bool{false, true} {
		f.Add(metricsText(f, rows(regression, true), regression, true))
		f.Add(metricsText(f, rows(regression, false), regression, false))
	}
	f.Add(strings.Repeat(",", 8) + "\n")
	f.Fuzz(func(t *testing.T, given string) {
		m, err := parseMetrics([]byte(given))
		if err != nil {
			return
		}
		again, err := parseMetrics([]byte(metricsText(t, m.rows, m.regression, m.validated)))
		require.NoError(t, err)
		require.Equal(t, m, again)
	})
}
