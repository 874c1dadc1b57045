package autograd_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// forms are the two ways a gradient is written: over an empty slot, and (the first of two uses) onto what is there.
func forms[T autograd.Float](f func(x ...*tensor[T]) *tensor[T]) map[string]func(x ...*tensor[T]) *tensor[T] {
	return map[string]func(x ...*tensor[T]) *tensor[T]{
		"overwrite": f,
		"add": func(x ...*tensor[T]) *tensor[T] {
			inner := make([]*tensor[T], len(x))
			for i, v := range x {
				inner[i] = v.MulScalar(1) // not a leaf, so that recycled gradients are met too
			}
			return f(inner...).Add(f(inner...))
		},
	}
}

func points(r row[float64]) []*tensor[float64] {
	var xs []*tensor[float64]
	for i, s := range r.shapes {
		x := gradcheck.Normal(uint64(i+1), s...)
		if r.at != nil {
			for j, v := range x.Data() {
				x.Data()[j] = r.at(v)
			}
		}
		xs = append(xs, x)
	}
	return xs
}

func TestGradientsMatchCentralDifferences(t *testing.T) {
	t.Parallel()
	for i, r := range table[float64]() {
		for form, f := range forms(r.f) {
			t.Run(fmt.Sprintf("%s/%d/%s", r.op, i, form), func(t *testing.T) {
				t.Parallel()
				assert.NoError(t, gradcheck.Check(f, points(r)...))
			})
		}
	}
}

func TestFloat32GradientsMatchFloat64(t *testing.T) {
	t.Parallel()
	wide, narrow := table[float64](), table[float32]()
	for i, r := range wide {
		f64, f32 := forms(r.f), forms(narrow[i].f)
		for form := range f64 {
			t.Run(fmt.Sprintf("%s/%d/%s", r.op, i, form), func(t *testing.T) {
				t.Parallel()
				xs := points(r)
				want := run(f64[form], xs)
				rounded := make([]*tensor[float32], len(xs))
				for i, x := range xs {
					rounded[i] = autograd.From(convert[float32](x.Data()), x.Shape()...)
				}
				got := run(f32[form], rounded)
				for k := range want {
					requireClose(t, want[k], convert[float64](got[k]), k)
				}
			})
		}
	}
}

// run returns the value of f and the gradient of every input for a fixed seed gradient.
func run[T autograd.Float](f func(x ...*tensor[T]) *tensor[T], inputs []*tensor[T]) (values [][]T) {
	tape := autograd.NewTape[T](true)
	var xs []*tensor[T]
	for _, x := range inputs {
		xs = append(xs, tape.Leaf("", x.Data(), x.Shape(), true))
	}
	y := f(xs...)
	values = append(values, y.Data())
	tape.Backward(y, convert[T](gradcheck.Normal(3, y.Len()).Data()))
	for _, x := range xs {
		values = append(values, x.TakeGrad())
	}
	return values
}

// requireClose allows 2e-5 of the largest value: float32 keeps about 6e-8, and sums of a few dozen terms lose some.
func requireClose(t *testing.T, want, got []float64, k int) {
	t.Helper()
	require.Len(t, got, len(want))
	var largest, worst float64
	for i := range want {
		largest = max(largest, math.Abs(want[i]))
		worst = max(worst, math.Abs(want[i]-got[i]))
		require.False(t, math.IsNaN(got[i]), "result %d has NaN at %d", k, i)
	}
	require.LessOrEqual(t, worst, 2e-5*max(largest, 1e-3), "result %d (0: the value, then the gradients)", k)
}

func convert[B, A autograd.Float](xs []A) []B {
	ys := make([]B, len(xs))
	for i, v := range xs {
		ys[i] = B(v)
	}
	return ys
}

// notOps return tensors without computing: there is no gradient of theirs to check.
var notOps = map[string]bool{"From": true, "Scalar": true, "New": true, "Like": true, "Record": true, "Detach": true, "Leaf": true, "Mirror": true}

func TestEveryOpHasItsRowInTheGradientTables(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, r := range table[float64]() {
		have[r.op] = true
	}
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	ops := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || notOps[fn.Name.Name] || !returnsTensor(fn) {
				continue
			}
			ops++
			assert.True(t, have[fn.Name.Name], "op %s has no row in the gradient tables", fn.Name.Name)
		}
	}
	assert.Greater(t, ops, 20)
}

func returnsTensor(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil {
		return false
	}
	star, ok := fn.Type.Results.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	index, ok := star.X.(*ast.IndexExpr)
	if !ok {
		return false
	}
	name, ok := index.X.(*ast.Ident)
	return ok && name.Name == "Tensor"
}
