package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
)

// small is a study of a fraction of a second.
func small() lab.Study {
	s := lab.Default()
	s.Data, s.Depth, s.Width, s.Steps = "circles", 6, 16, 50
	return lab.Study{Setup: s, Cases: lab.Classic(s.Activation), Seeds: 2}
}

func find(t *testing.T, s lab.Study, jobs int) *lab.Findings {
	t.Helper()
	f, err := s.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	return f
}

func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WritePage(&b))
	return b.String()
}

// lines joins the words of commands on a page, which stand apart so that a line breaks between them alone.
func lines(page string) string {
	return strings.NewReplacer("<span>", "", "</span>", "").Replace(html.UnescapeString(page))
}

func TestPageHasEverySentenceAndStandsAlone(t *testing.T) {
	t.Parallel()
	r := New(find(t, small(), 2))
	var names []string
	for _, s := range r.Sections {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{"signal", "gradient", "histograms", "silent", "learning", "boundary", "spectrum", "symmetry"}, names)
	text := pageOf(t, r)
	shown := lines(text)
	assert.Contains(t, text, "<span>--width</span>")
	for _, s := range r.Sections {
		assert.Contains(t, shown, "<h2>"+s.Title+"</h2>")
		assert.Contains(t, shown, "<title>"+s.Title+"</title>", "the picture says it as well")
		assert.NotEmpty(t, s.Table.Rows, s.Name)
	}
	for _, line := range r.Answer {
		assert.Contains(t, shown, line)
	}
	assert.Contains(t, shown, "<code>"+r.Command+"</code>")
	assert.Less(t, len(text), 2<<20)

	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, "the page is XML as well")
	}
	assert.NotContains(t, text, "<script")
	assert.NotContains(t, text, "@import")
	assert.NotContains(t, text, "url(")
	for _, m := range regexp.MustCompile(`(?:src|href|srcset|action)="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		assert.True(t, strings.HasPrefix(m[1], "data:image/png;base64,"), "%.60s", m[1])
	}
	assert.NotContains(t, strings.ReplaceAll(text, `xmlns="http://www.w3.org/2000/svg"`, ""), "://")
}

func TestSameStudyLeavesTheSameBytes(t *testing.T) {
	t.Parallel()
	var folders [2]map[string]string
	for i, jobs := range []int{1, 3} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		require.NoError(t, New(find(t, small(), jobs)).Save(dir))
		folders[i] = map[string]string{}
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			content, err := os.ReadFile(filepath.Join(dir, e.Name()))
			require.NoError(t, err)
			folders[i][e.Name()] = string(content)
			if filepath.Ext(e.Name()) == ".csv" {
				rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
				require.NoError(t, err, e.Name())
				assert.Greater(t, len(rows), 1, e.Name())
			}
		}
	}
	assert.Len(t, folders[0], 1+2*8)
	for name, content := range folders[0] {
		assert.True(t, content == folders[1][name], name)
	}
}

// The classic cases are classic because of what becomes of them.
func TestSentencesSayWhatIsKnown(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Setup.Width, s.Setup.Steps, s.Seeds = 20, 16, 120, 1
	r := New(find(t, s, 2))
	title := map[string]string{}
	for _, section := range r.Sections {
		title[section.Name] = section.Title
	}
	assert.Regexp(t, `^The signal dies by layer 1 with zeros, by layer \d+ with “too small” and by layer \d+ with Xavier; `, title["signal"])
	assert.Regexp(t, `grows to .*10.* with “too large”; at layer 20 it is [^ ]+ with Kaiming`, title["signal"])
	assert.Regexp(t, `^In the first step nothing reaches the first layer with zeros; from layer 20 to layer 1 the gradient changes by a factor of .*⁻.* with “too small”`, title["gradient"])
	assert.Regexp(t, `^Zeros: one spike`, title["histograms"])
	assert.Regexp(t, `100% of every layer with zeros`, title["silent"])
	assert.Regexp(t, `zeros.* never; “too large” overflows by step \d+\.$`, title["learning"])
	assert.Regexp(t, `^Same network, same data, only the start differs: `, title["boundary"])
	assert.Regexp(t, `^Orthogonal\(for=relu\) keeps every direction \(all 16 singular values of a hidden weight are 1\.41\); singular values fall from .* with Kaiming; of 16 directions in layer 1, \d+ reach(es)? layer 20 with`, title["spectrum"])
	assert.Regexp(t, `^With zeros every hidden unit of layer 1 stays the same for ever: in 120 steps the largest difference of two of the 16 is 0`, title["symmetry"])
}

func TestTheSentenceAboutTheSignalNamesIt(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]string{
		"kaiming-normal":              `^At layer 6 the signal is \S+ with Kaiming\.$`,
		"normal(0,1)":                 `^The signal grows to \S+ with “too large”\.$`,
		"zeros":                       `^The signal dies by layer 1 with zeros\.$`,
		"normal(0,0.2)":               `^The signal fades to \S+ with normal\(0,0\.2\)\.$`,
		"normal(0,1), kaiming-normal": `^The signal grows to \S+ with “too large”; at layer 6 it is \S+ with Kaiming\.$`,
	} {
		s := small()
		s.Setup.Steps, s.Seeds = 0, 1
		var err error
		s.Cases, err = lab.ParseCases(scheme)
		require.NoError(t, err)
		assert.Regexp(t, want, New(find(t, s, 1)).Sections[0].Title, scheme)
	}
}

func TestOtherStudiesCanBeTold(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *lab.Study){
		"one layer":    func(s *lab.Study) { s.Setup.Depth = 1 },
		"one unit":     func(s *lab.Study) { s.Setup.Width = 1 },
		"no steps":     func(s *lab.Study) { s.Setup.Steps = 0 },
		"one case":     func(s *lab.Study) { s.Cases = s.Cases[:1] },
		"tanh, digits": func(s *lab.Study) { s.Setup.Data, s.Setup.Activation, s.Setup.Steps = "digits", "tanh", 20 },
		"identity":     func(s *lab.Study) { s.Setup.Activation = "identity" },
		"deep":         func(s *lab.Study) { s.Setup.Depth, s.Setup.Width, s.Setup.Steps = 60, 8, 20 },
		"markup":       func(s *lab.Study) { s.Cases = []lab.Case{{Name: "<b>&", Scheme: "xavier-uniform"}} },
	} {
		s := small()
		s.Seeds = 1
		change(&s)
		r := New(find(t, s, 1))
		text := pageOf(t, r)
		assert.NotContains(t, text, "<b>", name)
		for _, section := range r.Sections {
			assert.Regexp(t, `^\S.*[^ ]\.$`, section.Title, "%s: %s", name, section.Name)
		}
		var b bytes.Buffer
		require.NoError(t, r.WriteText(&b, 80))
		for line := range strings.Lines(b.String()) {
			assert.NotContains(t, line, "\x1b")
		}
	}
}

func TestTableForATerminalHasARowForEachCase(t *testing.T) {
	t.Parallel()
	r := New(find(t, small(), 2))
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 160))
	for _, c := range lab.Classic("relu") {
		assert.Regexp(t, "(?m)^"+regexp.QuoteMeta(c.Name)+` +\S`, b.String())
	}
	assert.Contains(t, b.String(), "UPDATE/WEIGHT")
}

func TestSavingWhereNoFolderCanBeIsAnError(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Steps, s.Seeds, s.Cases = 0, 1, s.Cases[4:5]
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	require.Error(t, New(find(t, s, 1)).Save(file))
}
