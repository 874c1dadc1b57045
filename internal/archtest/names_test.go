package archtest

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// documented calls report for every name of the file that users see, with the comment it has.
func documented(s source, report func(pos token.Pos, name, comment string)) {
	for _, d := range s.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
				report(d.Pos(), d.Name.Name, d.Doc.Text())
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				documentedSpec(d, spec, report)
			}
		}
	}
}

// documentedSpec looks at one line of a declaration. A comment over a group is for all of its names.
func documentedSpec(d *ast.GenDecl, spec ast.Spec, report func(pos token.Pos, name, comment string)) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() {
				report(name.Pos(), name.Name, d.Doc.Text()+spec.Doc.Text()+spec.Comment.Text())
			}
		}
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return
		}
		report(spec.Pos(), spec.Name.Name, d.Doc.Text()+spec.Doc.Text()+spec.Comment.Text())
		if face, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, m := range face.Methods.List {
				if len(m.Names) > 0 && m.Names[0].IsExported() {
					report(m.Pos(), m.Names[0].Name, m.Doc.Text()+m.Comment.Text())
				}
			}
		}
	}
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	for {
		switch of := t.(type) {
		case *ast.StarExpr:
			t = of.X
		case *ast.IndexExpr:
			t = of.X
		case *ast.IndexListExpr:
			t = of.X
		case *ast.Ident:
			return of.Name
		default:
			return ""
		}
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	t.Parallel()
	tr := load(t)
	names := 0
	for _, s := range tr.sources {
		if s.isTest() {
			continue
		}
		documented(s, func(pos token.Pos, name, comment string) {
			names++
			if comment == "" {
				t.Errorf("%s: %s has no comment", tr.positions.Position(pos), name)
			}
		})
	}
	assert.Greater(t, names, 200)
}

func TestCommentsOfFunctionsBeginWithTheirNames(t *testing.T) {
	t.Parallel()
	tr := load(t)
	for _, s := range tr.sources {
		if s.isTest() {
			continue
		}
		for _, d := range s.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Name.IsExported() && fn.Doc != nil && !strings.HasPrefix(fn.Doc.Text(), fn.Name.Name) {
				t.Errorf("%s: the comment of %s begins otherwise", tr.positions.Position(fn.Pos()), fn.Name.Name)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsOnce(t *testing.T) {
	t.Parallel()
	tr := load(t)
	said := map[string][]string{}
	for _, s := range tr.sources {
		if s.Doc != nil && !s.isTest() {
			said[s.folder()] = append(said[s.folder()], s.path)
		}
	}
	for _, folder := range tr.folders() {
		if files := said[folder]; len(files) != 1 {
			t.Errorf("package %s has %d package comments, in %q: one is right", folder, len(files), files)
		}
	}
}

// mapEntry finds what an entry of the map is about, and its text, which may go on in lines below.
var mapEntry = regexp.MustCompile(`(?m)^//\t(\S+) +(.*(?:\n//\t +.*)*)`)

func TestMapNamesEveryPublicPackage(t *testing.T) {
	t.Parallel()
	tr := load(t)
	entries := map[string]string{}
	for _, x := range tr.texts {
		if x.path == "doc.go" {
			for _, m := range mapEntry.FindAllStringSubmatch(x.content, -1) {
				entries[m[1]] = m[2]
			}
		}
	}
	require.NotEmpty(t, entries)
	for _, folder := range tr.folders() {
		if _, own := entries[folder]; own || !anyMatches(public+" cmd/*", folder) {
			continue
		}
		name := regexp.MustCompile(`\b` + regexp.QuoteMeta(path.Base(folder)) + `\b`)
		if !name.MatchString(entries[path.Dir(folder)]) {
			t.Errorf("doc.go, the map of the module, names %s neither in a line of its own nor in that of %s", folder, path.Dir(folder))
		}
	}
}
