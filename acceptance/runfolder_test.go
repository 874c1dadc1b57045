package acceptance_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
	"github.com/heft-ml/heft/train/tensorboard"
)

// reader checks that a file of a run is whole.
type reader struct {
	name *regexp.Regexp // of the files that it is for
	read func(path string) error
}

// readers has all that may stand in a run's folder, or beside the runs in that of a search.
var readers = []reader{
	{regexp.MustCompile(`^(model|checkpoint)\.safetensors$`), readSafetensors},
	{regexp.MustCompile(`^config\.json$`), func(path string) error { _, err := train.ReadConfig(path); return err }},
	{regexp.MustCompile(`^(tune|failed|tokenizer)\.json$`), readJSON},
	{regexp.MustCompile(`^(metrics|results)\.csv$`), func(path string) error { _, err := readCSV(path); return err }},
	{regexp.MustCompile(`^loss\.svg$`), readXML},
	{regexp.MustCompile(`^events\.out\.tfevents\.\d+\.`), readEvents},
	{regexp.MustCompile(`^\.lock$`), readNothing},
	{leftover, readNothing},
}

// leftover is the name of a file that a killed process was writing.
var leftover = regexp.MustCompile(`^\.[a-z]+\.[a-z]+\.tmp-[0-9a-f]+$`)

func readNothing(string) error { return nil }

// readSafetensors reads every tensor, not the header alone.
func readSafetensors(path string) error {
	_, _, err := safetensors.Load(path)
	return err
}

// readCSV reads rows of one length each.
func readCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return csv.NewReader(f).ReadAll()
}

func readJSON(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, new(any))
}

func readXML(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for d := xml.NewDecoder(f); ; {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// readEvents reads events up to the end, where a torn one is allowed: the file grows by appending.
func readEvents(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, err := range tensorboard.Read(f) {
		if err != nil {
			return err
		}
	}
	return nil
}

// trial is the name of the folder of a run in that of a search.
var trial = regexp.MustCompile(`^trial-\d{4}$`)

// assertWhole checks that every file in the folder of a run, or of a search, can be read, or has a name that says what it is.
func assertWhole(t *testing.T, dir string) {
	t.Helper()
	for _, name := range filesOf(t, dir) {
		if trial.MatchString(name) {
			assertWhole(t, filepath.Join(dir, name))
			continue
		}
		i := slices.IndexFunc(readers, func(r reader) bool { return r.name.MatchString(name) })
		if assert.GreaterOrEqual(t, i, 0, "a killed run left %s", name) {
			assert.NoError(t, readers[i].read(filepath.Join(dir, name)), name)
		}
	}
}

// filesOf lists a folder; one that is not there has none.
func filesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// assertSameRun checks that a finished run has the files of another, and the same bits in them but for the time it took.
func assertSameRun(t *testing.T, want, got string) {
	t.Helper()
	assert.Equal(t, lasting(t, want), lasting(t, got))
	for _, name := range []string{train.WeightsFile, train.ConfigFile, train.PlotFile} {
		a, err := os.ReadFile(filepath.Join(want, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(got, name))
		require.NoError(t, err)
		assert.True(t, string(a) == string(b), "%s differs", name)
	}
	assert.Equal(t, metricsOf(t, want), metricsOf(t, got))
	assert.Equal(t, eventsOf(t, want), eventsOf(t, got))
}

// lasting lists a folder's files, but for those of events: every resumption adds one.
func lasting(t *testing.T, dir string) []string {
	t.Helper()
	return slices.DeleteFunc(filesOf(t, dir), func(name string) bool { return strings.Contains(name, "tfevents") })
}

// metricsOf reads metrics.csv without its last column, seconds.
func metricsOf(t *testing.T, dir string) [][]string {
	t.Helper()
	rows, err := readCSV(filepath.Join(dir, train.MetricsFile))
	require.NoError(t, err)
	require.Greater(t, len(rows), 1)
	for i, row := range rows {
		rows[i] = row[:len(row)-1]
	}
	return rows
}

// eventsOf reads what TensorBoard shows of a run, without the time of each event; nil if the run has no event files.
func eventsOf(t *testing.T, dir string) (events []tensorboard.Event) {
	t.Helper()
	if len(lasting(t, dir)) == len(filesOf(t, dir)) {
		return nil
	}
	events, err := tensorboard.Load(dir)
	require.NoError(t, err)
	for i := range events {
		events[i].WallTime = 0
	}
	require.NotEmpty(t, events)
	return events
}
