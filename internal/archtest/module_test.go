package archtest

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

const (
	module = "github.com/heft-ml/heft"
	root   = "../.."
)

// tree is the module: its Go files, parsed, and its text, whatever the language. Paths start at the module's root.
type tree struct {
	positions *token.FileSet
	sources   []source
	texts     []text
}

// source is one Go file.
type source struct {
	text
	*ast.File
}

// text is one file that people read.
type text struct {
	path    string
	content string
}

// textKinds are the ends of names of files that people write. Data and generated files are none of these.
var textKinds = []string{".go", ".s", ".py", ".md", ".sh", ".toml", ".yml", ".yaml", ".gitignore", "Makefile", "/run"}

// load reads the module once. Where its source is not at hand the test skips.
func load(t *testing.T) *tree {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("js/wasm: the sources are the same as on other systems, which check them")
	}
	tree, err := parsed()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the module's source is not beside this test: %v", err)
	}
	require.NoError(t, err)
	return tree
}

var parsed = sync.OnceValues(func() (*tree, error) {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return nil, err
	}
	tr := &tree{positions: token.NewFileSet()}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return enter(file, d.Name())
		case !d.Type().IsRegular() || !slices.ContainsFunc(textKinds, func(end string) bool { return strings.HasSuffix(filepath.ToSlash(file), end) }):
			return nil
		}
		return tr.read(file)
	})
	return tr, err
})

// enter leaves out folders that are not the module's own: hidden ones but .ci, what runs left, what Go ignores, and other
// modules.
func enter(file, name string) error {
	if file == root || name == ".ci" {
		return nil
	}
	_, err := os.Stat(filepath.Join(file, "go.mod"))
	if err == nil || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "runs" {
		return filepath.SkipDir
	}
	return nil
}

func (tr *tree) read(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	tx := text{filepath.ToSlash(relative), string(content)}
	tr.texts = append(tr.texts, tx)
	if !strings.HasSuffix(file, ".go") {
		return nil
	}
	parsed, err := parser.ParseFile(tr.positions, tx.path, content, parser.ParseComments|parser.SkipObjectResolution)
	tr.sources = append(tr.sources, source{tx, parsed})
	return err
}

// folder is the package's path from the root; "." for the root itself.
func (s source) folder() string { return path.Dir(s.path) }

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// imports lists the paths that the file imports.
func (s source) imports() (paths []string) {
	for _, spec := range s.Imports {
		p, _ := strconv.Unquote(spec.Path.Value) // the parser has read it already
		paths = append(paths, p)
	}
	return paths
}

// heft returns an import's path from the module's root, and whether it is one of the module.
func heft(imported string) (folder string, ok bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// folders lists every package, in the order of the files.
func (tr *tree) folders() (folders []string) {
	for _, s := range tr.sources {
		if f := s.folder(); !slices.Contains(folders, f) {
			folders = append(folders, f)
		}
	}
	return folders
}
