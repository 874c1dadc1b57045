package optim_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/optim"
)

// TestEveryOptimizerHasAName reads the package's source: whatever embeds base is an optimizer.
func TestEveryOptimizerHasAName(t *testing.T) {
	t.Parallel()
	var made []string
	for _, name := range optim.OptimizerNames() {
		opt, err := optim.New(name, newStore(), 0.1)
		require.NoError(t, err)
		made = append(made, reflect.TypeOf(opt).Elem().Name())
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var declared []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && embedsBase(spec) {
				declared = append(declared, spec.Name.Name)
			}
			return true
		})
	}
	assert.ElementsMatch(t, declared, made, "what the package declares, and what optim.New makes")
}

// embedsBase tells whether a type is struct{ *base }.
func embedsBase(spec *ast.TypeSpec) bool {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, f := range s.Fields.List {
		if star, ok := f.Type.(*ast.StarExpr); ok && len(f.Names) == 0 {
			if id, ok := star.X.(*ast.Ident); ok && id.Name == "base" {
				return true
			}
		}
	}
	return false
}
