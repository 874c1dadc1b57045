package gguf

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/quant/ggml"
)

// again has gguf-py read a file and write it anew: whole, in parts of 3000 bytes, and big-endian.
const again = `
import json, pathlib, sys, types, builtins
import numpy as np
import gguf
from gguf import GGUFReader, GGUFWriter, GGUFEndian, GGUFValueType, GGMLQuantizationType, quants
from gguf.scripts import gguf_convert_endian

folder = pathlib.Path(sys.argv[1])

def value(field):
    kind = field.types[0]
    if kind == GGUFValueType.ARRAY:
        sub = field.types[1]
        parts = [field.parts[i] for i in field.data]
        return [p.tobytes() if sub == GGUFValueType.STRING else p[0].item() for p in parts], kind, sub
    part = field.parts[field.data[0]]
    return (part.tobytes() if kind == GGUFValueType.STRING else part[0].item()), kind, None

def write(reader, path, **options):
    fields = {name: value(field) for name, field in reader.fields.items() if not name.startswith("GGUF.")}
    writer = GGUFWriter(path, "test", **options)
    for name, (v, kind, sub) in fields.items():
        writer.add_key_value(name, v, kind, sub)
    for t in reader.tensors:
        writer.add_tensor(t.name, t.data, raw_dtype=t.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return fields

reader = GGUFReader(folder / "heft.gguf")
fields = write(reader, folder / "python.gguf")
write(reader, folder / "parts.gguf", split_max_size=3000)
write(GGUFReader(folder / "plain.gguf"), folder / "plain-big.gguf", endianess=GGUFEndian.BIG)

seen = {}
for t in reader.tensors:
    seen[t.name] = [t.tensor_type.name, [int(n) for n in reversed(t.shape)]]
    try:
        with np.errstate(all="ignore"):
            x = t.data if t.tensor_type.name in ("F64", "I8", "I16", "I32", "I64") else quants.dequantize(t.data, t.tensor_type)
            x.astype(np.float32).tofile(folder / ("values." + t.name))
    except NotImplementedError:
        pass

big = GGUFReader(folder / "big.gguf", "r+")
builtins.input = lambda prompt: "YES"
gguf_convert_endian.convert_byteorder(big, types.SimpleNamespace(order="big", dry_run=False))
del big

def plain(v):
    return v.decode("utf-8", "replace") if isinstance(v, bytes) else [plain(x) for x in v] if isinstance(v, list) else v
print(json.dumps({"tensors": seen, "fields": {k: [plain(v), kind.name, sub.name if sub else ""] for k, (v, kind, sub) in fields.items()}}))
`

// everyType describes tensors of all types but some, and gives their bytes. Of types that Heft does not write they are any bytes.
func everyType(t *testing.T, except ...ggml.Type) ([]dtype.Info, func(info dtype.Info, w io.Writer) error) {
	t.Helper()
	f := opened(t, wholeFile(t))
	infos := f.Tensors()
	raw := map[string]bool{}
	for _, to := range ggml.Types() {
		if to.CanEncode() || to.DType() != 0 || slices.Contains(except, to) {
			continue
		}
		size, err := to.Size(512)
		require.NoError(t, err)
		info := dtype.Info{Name: "raw." + to.String(), Type: to.String(), Shape: []int{2, 256}, Bytes: size}
		infos = append(infos, info)
		raw[info.Name] = true
	}
	return infos, func(info dtype.Info, w io.Writer) error {
		if !raw[info.Name] {
			return f.Content(info, w)
		}
		data := make([]byte, info.Bytes)
		for i := range data {
			data[i] = byte(i*i*31+i*7) & 0x3f // no scale is a NaN or an infinity
		}
		_, err := w.Write(data)
		return err
	}
}

func TestPythonReadsOurFileAndWritesTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// gguf-py writes no empty arrays, and makes another NaN of one that signals.
	metadata := everyKind().Without("none", "none.f32", "nan")
	// It thinks that a block of Q8_1 has 40 bytes, as it once had, and does not know Q2_0.
	infos, content := everyType(t, ggml.Q8_1, ggml.Q2_0)
	require.NoError(t, Create(filepath.Join(dir, "heft.gguf"), metadata, infos, content))
	// Its writer turns all plain types but BF16, which NumPy does not have, its converter those and some with blocks.
	var plain []dtype.Tensor
	tensors, _ := wholeTensors(t)
	for _, tensor := range tensors {
		if to, ok := ggml.Of(tensor.DType); ok && to != ggml.BF16 {
			plain = append(plain, tensor)
		}
	}
	asIs := func(info dtype.Info) ggml.Type { to, _ := ggml.Of(info.DType); return to }
	require.NoError(t, Save(filepath.Join(dir, "plain.gguf"), metadata, plain, asIs))
	turned := []ggml.Type{ggml.F32, ggml.F16, ggml.BF16, ggml.Q4_0, ggml.Q8_0, ggml.Q4_K, ggml.Q6_K}
	var few []dtype.Tensor
	for _, to := range turned {
		few = append(few, wave(t, to.String(), 2, 256))
	}
	byName := func(info dtype.Info) ggml.Type { to, _ := ggml.ParseType(info.Name); return to }
	require.NoError(t, Save(filepath.Join(dir, "big.gguf"), metadata, few, byName))
	little := opened(t, written(t, metadata, few, byName))

	out := interop.Run(t, again, dir)
	var seen struct {
		Tensors map[string][2]any
		Fields  map[string][3]any
	}
	require.NoError(t, json.Unmarshal([]byte(out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]), &seen))
	require.Len(t, seen.Tensors, len(infos))
	require.Len(t, seen.Fields, len(metadata))
	assert.Equal(t, [2]any{"Q4_K", []any{3.0, 256.0}}, seen.Tensors["blk.0.Q4_K.weight"])
	assert.Equal(t, [2]any{"F16", []any{2.0, 1.0, 3.0, 5.0}}, seen.Tensors["重み.é"])
	assert.Equal(t, [3]any{"naïve\n世界", "STRING", ""}, seen.Fields["text"])
	assert.Equal(t, [3]any{[]any{true, false, true}, "ARRAY", "BOOL"}, seen.Fields["a.bool"])

	ours, err := os.ReadFile(filepath.Join(dir, "heft.gguf"))
	require.NoError(t, err)
	theirs, err := os.ReadFile(filepath.Join(dir, "python.gguf"))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(ours, theirs), "gguf-py writes another file")
	f := opened(t, theirs)
	assert.True(t, bytes.Equal(theirs, copied(t, f)), "what gguf-py wrote is not written again as it was")
	require.Equal(t, infos, f.Tensors())
	decoded := 0
	for _, info := range infos {
		assert.Equal(t, info.Type, seen.Tensors[info.Name][0], info.Name)
		tensor, err := f.Read(info.Name)
		values, missing := os.ReadFile(filepath.Join(dir, "values."+info.Name))
		if errors.Is(err, Unsupported) || errors.Is(missing, fs.ErrNotExist) {
			continue // one of the two does not decode it
		}
		require.NoError(t, err)
		require.NoError(t, missing)
		if tensor.DType != dtype.F32 {
			tensor, err = tensor.As(dtype.F32, dtype.AllowInf)
			require.NoError(t, err)
		}
		assert.True(t, bytes.Equal(values, tensor.Data), "%s is decoded otherwise", info.Name)
		decoded++
	}
	assert.Greater(t, decoded, 25)

	paths, err := CreateSplit(filepath.Join(dir, "own.gguf"), 3000, f.Metadata(), f.Tensors(), f.Content)
	require.NoError(t, err)
	for _, path := range paths {
		ours, err := os.ReadFile(path)
		require.NoError(t, err)
		theirs, err := os.ReadFile(strings.Replace(path, "own", "parts", 1))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(ours, theirs), "gguf-py writes another %s", filepath.Base(path))
	}

	for name, want := range map[string]*File{"big.gguf": little, "plain-big.gguf": opened(t, written(t, metadata, plain, asIs))} {
		big, err := Open(filepath.Join(dir, name))
		require.NoError(t, err)
		require.True(t, big.BigEndian(), name)
		assert.Equal(t, want.Metadata(), big.Metadata(), name)
		assert.Equal(t, want.Tensors(), big.Tensors(), name)
		for _, info := range want.Tensors() {
			tensor, err := want.Read(info.Name)
			require.NoError(t, err)
			got, err := big.Read(info.Name)
			require.NoError(t, err)
			assert.Equal(t, tensor, got, name)
		}
		require.NoError(t, big.Close())
	}
}

// TestPythonReadsUnusualFiles has gguf-py find the same tensors in files that are unusual.
func TestPythonReadsUnusualFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, b := range unusualFiles() {
		require.NoError(t, os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "_")), b, 0o600))
	}
	out := interop.Run(t, `
import json, os, sys
from gguf import GGUFReader
answers = {}
for name in os.listdir(sys.argv[1]):
    try:
        r = GGUFReader(os.path.join(sys.argv[1], name))
        answers[name] = [[t.name, [int(n) for n in reversed(t.shape)]] for t in r.tensors]
    except Exception as e:
        answers[name] = repr(e)
print(json.dumps(answers))
`, dir)
	var answers map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &answers))
	for name, b := range unusualFiles() {
		var want []any
		for _, info := range opened(t, b).Tensors() {
			shape := []any{}
			for _, n := range info.Shape {
				shape = append(shape, float64(n))
			}
			want = append(want, []any{info.Name, shape})
		}
		assert.ElementsMatch(t, want, answers[strings.ReplaceAll(name, " ", "_")], name)
	}
}
