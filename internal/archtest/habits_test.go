package archtest

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const mostLines = 400

func TestEveryTestPackageKnowsTheFlags(t *testing.T) {
	t.Parallel()
	knows := map[string]bool{}
	for _, s := range load(t).sources {
		if !s.isTest() {
			continue
		}
		folder := s.folder()
		for _, p := range s.imports() {
			knows[folder] = knows[folder] || p == module+"/internal/testmode"
		}
		knows[folder] = knows[folder] || folder == "internal/testmode"
	}
	for folder, yes := range knows {
		if !yes {
			t.Errorf("no test of %s imports internal/testmode: `go test ./... -long` would stop there", folder)
		}
	}
	assert.NotEmpty(t, knows)
}

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, s := range load(t).sources {
		if n := strings.Count(s.content, "\n"); n > mostLines && !ast.IsGenerated(s.File) {
			t.Errorf("%s has %d lines, more than %d: split it by ideas", s.path, n, mostLines)
		}
	}
}

func TestNothingRunsBeforeMain(t *testing.T) {
	t.Parallel()
	tr := load(t)
	for _, s := range tr.sources {
		for _, d := range s.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: init runs unasked: give it a name and a caller", tr.positions.Position(fn.Pos()))
			}
		}
	}
}

var vague = []string{"util", "utils", "common", "base", "helper", "helpers", "misc", "shared"}

func TestPackagesAreNamedByWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	for _, s := range load(t).sources {
		if slices.Contains(vague, strings.TrimSuffix(s.Name.Name, "_test")) {
			t.Errorf("%s: package %s is named by nothing that it is about", s.path, s.Name.Name)
		}
	}
}

// offences are what no text of the project has. The words are written so that they do not find themselves.
var offences = []struct {
	what    string
	pattern *regexp.Regexp
	in      func(file string) bool
}{
	{"work left to do", regexp.MustCompile(`\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b`), everywhere},
	{"a picture in place of a word", regexp.MustCompile(`[\x{1F000}-\x{1FAFF}\x{FE0F}]`), outsideTests},
	{"a carriage return", regexp.MustCompile(`\r`), everywhere},
	{"space at the end of a line", regexp.MustCompile(`(?m)[ \t]+$`), everywhere},
	{"a tab", regexp.MustCompile(`\t`), indentedBySpaces},
	{"no newline at the end", regexp.MustCompile(`[^\n]\z`), everywhere},
}

func everywhere(string) bool { return true }

func outsideTests(file string) bool { return !strings.HasSuffix(file, "_test.go") }

// indentedBySpaces is true of languages other than Go and make; Markdown holds Go.
func indentedBySpaces(file string) bool {
	return slices.Contains([]string{".py", ".sh", ".toml", ".yml", ".yaml"}, path.Ext(file)) || path.Base(file) == "run"
}

func TestTextHasNoOffences(t *testing.T) {
	t.Parallel()
	for _, x := range load(t).texts {
		for _, o := range offences {
			if at := o.pattern.FindStringIndex(x.content); at != nil && o.in(x.path) {
				t.Errorf("%s:%d: %s", x.path, 1+strings.Count(x.content[:at[0]], "\n"), o.what)
			}
		}
	}
}

// link finds the targets of links and pictures in Markdown.
var link = regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)

func TestLinksInMarkdownLeadSomewhere(t *testing.T) {
	t.Parallel()
	links := 0
	for _, x := range load(t).texts {
		if !strings.HasSuffix(x.path, ".md") {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(x.content, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(x.path), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", x.path, m[1], err)
			}
		}
	}
	assert.Positive(t, links)
}

var testName = regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark|Example)[A-Z]\w+`)

func TestDocumentsNameTestsThereAre(t *testing.T) {
	t.Parallel()
	tree := load(t)
	have := map[string]bool{}
	for _, s := range tree.sources {
		for _, d := range s.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				have[f.Name.Name] = true
			}
		}
	}
	named := 0
	for _, x := range tree.texts {
		if !strings.HasSuffix(x.path, ".md") {
			continue
		}
		for _, name := range testName.FindAllString(x.content, -1) {
			named++
			assert.True(t, have[name], "%s names %s, which is no test", x.path, name)
		}
	}
	assert.Positive(t, named)
}
