package onnx

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// fields takes a message apart: the values of each field, in order.
func fields(t testing.TB, b []byte) map[protowire.Number][]any {
	t.Helper()
	all := map[protowire.Number][]any{}
	for len(b) > 0 {
		field, kind, n := protowire.ConsumeTag(b)
		require.Positive(t, n)
		b = b[n:]
		var v any
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			v, n = protowire.ConsumeFixed32(b)
		default:
			v, n = protowire.ConsumeBytes(b)
		}
		require.Positive(t, n)
		all[field] = append(all[field], v)
		b = b[n:]
	}
	return all
}

// line is y = x wᵀ.
func line(t testing.TB) *Graph {
	t.Helper()
	w, err := dtype.FromFloat32s("w", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}, dtype.F32)
	require.NoError(t, err)
	g := &Graph{Name: "line"}
	x := g.Input("x", dtype.F32, Dynamic("batch"), Fixed(3))
	g.Output(g.Add("y", "Gemm", []string{x, g.Weight(w)}, Int("transB", 1), Float("alpha", 0.5), Text("note", "n"), Ints("axes", 0, -1)), dtype.F32, Dynamic("batch"), Fixed(2))
	return g
}

func TestFilesSayWhatTheSpecificationWants(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "line.onnx")
	drawn := line(t)
	drawn.Metadata = map[string]string{"note": "x", "by": "me"}
	require.NoError(t, Save(path, drawn))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	m := fields(t, b)
	require.Len(t, m[14], 2, "metadata_props, in the order of their keys")
	assert.Equal(t, map[protowire.Number][]any{1: {[]byte("by")}, 2: {[]byte("me")}}, fields(t, m[14][0].([]byte)))
	assert.Equal(t, []any{uint64(9)}, m[1], "ir_version")
	assert.Equal(t, []any{[]byte("heft")}, m[2], "producer_name")
	assert.Equal(t, []any{uint64(20)}, fields(t, m[8][0].([]byte))[2], "opset")
	g := fields(t, m[7][0].([]byte))
	assert.Equal(t, []any{[]byte("line")}, g[2])
	node := fields(t, g[1][0].([]byte))
	assert.Equal(t, []any{[]byte("x"), []byte("w")}, node[1])
	assert.Equal(t, []any{[]byte("y")}, node[2])
	assert.Equal(t, []any{[]byte("Gemm")}, node[4])
	var kinds []any
	for _, a := range node[5] {
		kinds = append(kinds, fields(t, a.([]byte))[20]...)
	}
	assert.Equal(t, []any{uint64(2), uint64(1), uint64(3), uint64(7)}, kinds)
	assert.Equal(t, []any{uint64(0), uint64(1<<64 - 1)}, fields(t, node[5][3].([]byte))[8])
	weight := fields(t, g[5][0].([]byte))
	assert.Equal(t, []any{uint64(2), uint64(3)}, weight[1])
	assert.Equal(t, []any{uint64(1)}, weight[2])
	assert.Len(t, weight[9][0], 24)
	tensor := fields(t, fields(t, fields(t, g[11][0].([]byte))[2][0].([]byte))[1][0].([]byte))
	shape := fields(t, tensor[2][0].([]byte))[1]
	require.Len(t, shape, 2)
	assert.Equal(t, []any{[]byte("batch")}, fields(t, shape[0].([]byte))[2])
	assert.Equal(t, []any{uint64(3)}, fields(t, shape[1].([]byte))[1])
}

func TestGraphsThatReadersWouldRefuseAreNotWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for want, spoil := range map[string]func(g *Graph){
		"two values have this name":       func(g *Graph) { g.Add("y", "Relu", []string{"x"}) },
		"nothing before has made it":      func(g *Graph) { g.Add("z", "Relu", []string{"later"}); g.Add("later", "Relu", []string{"x"}) },
		"an output, but nothing has made": func(g *Graph) { g.Output("absent", dtype.F32) },
		"no name":                         func(g *Graph) { g.Add("", "Relu", []string{"x"}) },
		"no type for F4":                  func(g *Graph) { g.Weight(dtype.Tensor{Name: "v", DType: dtype.F4, Shape: []int{2}, Data: []byte{0}}) },
		"no type for F6_E2M3":             func(g *Graph) { g.Input("v", dtype.F6E2M3) },
		"a name and an output":            func(g *Graph) { g.Name = "" },
		"but has 3": func(g *Graph) {
			g.Weight(dtype.Tensor{Name: "v", DType: dtype.F32, Shape: []int{1}, Data: []byte("abc")})
		},
	} {
		g := line(t)
		spoil(g)
		err := Save(filepath.Join(dir, "x.onnx"), g)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "\n")
		require.Error(t, Write(&bytes.Buffer{}, g))
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestGraphsOf2GiBAreRefused(t *testing.T) {
	t.Parallel()
	data := make([]byte, 1<<25) // that all weights share
	g := line(t)
	for i := range 64 {
		g.Weight(dtype.Tensor{Name: fmt.Sprint(i), DType: dtype.U8, Shape: []int{1 << 25}, Data: data})
	}
	require.ErrorContains(t, Write(&bytes.Buffer{}, g), "2 GiB")
}

func TestConstantsAreLittleEndian(t *testing.T) {
	t.Parallel()
	g := &Graph{}
	g.Integers("shape", 0, -1, 258)
	g.Number("half", 0.5)
	assert.Equal(t, []byte{0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 2, 1, 0, 0, 0, 0, 0, 0}, g.weights[0].Data)
	assert.Equal(t, []byte{0, 0, 0, 0x3f}, g.weights[1].Data)
	assert.Empty(t, g.weights[1].Shape)
}
