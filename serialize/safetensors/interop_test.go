package safetensors

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
)

// torchTypes are the dtypes that torch can hold and that its safetensors binding reads and writes.
var torchTypes = []dtype.DType{
	dtype.Bool, dtype.U8, dtype.I8, dtype.F8E5M2, dtype.F8E4M3, dtype.F8E8M0, dtype.F8E4M3FNUZ, dtype.F8E5M2FNUZ, dtype.I16, dtype.U16, dtype.F16,
	dtype.BF16, dtype.I32, dtype.U32, dtype.F32, dtype.C64, dtype.F64, dtype.I64, dtype.U64,
}

// TestPythonReadsOurFileAndWritesTheSameBytes also reads what Python wrote.
func TestPythonReadsOurFileAndWritesTheSameBytes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var tensors []dtype.Tensor
	for _, dt := range torchTypes {
		for _, shape := range [][]int{{}, {5}, {2, 3}, {0, 4}, {3, 1, 2}} {
			tensor := dtype.Tensor{Name: fmt.Sprintf("é.%v.%v\n", dt, shape), DType: dt, Shape: shape}
			tensor.Data = make([]byte, tensor.NumElements()*dt.Bits()/8)
			for i := range tensor.Data {
				tensor.Data[i] = byte(r.Uint32())
				if dt == dtype.Bool {
					tensor.Data[i] &= 1
				}
			}
			tensors = append(tensors, tensor)
		}
	}
	dir := t.TempDir()
	require.NoError(t, Save(filepath.Join(dir, "heft.safetensors"), tensors, AsIs))
	out := interop.Run(t, `
import json, sys
from safetensors import safe_open
from safetensors.torch import load_file, save_file
tensors = load_file(sys.argv[1] + "/heft.safetensors")
with safe_open(sys.argv[1] + "/heft.safetensors", framework="np") as f:
    metadata = f.metadata()
save_file(tensors, sys.argv[1] + "/python.safetensors", metadata=metadata)
print(json.dumps({name: [str(t.dtype), list(t.shape)] for name, t in tensors.items()}))
`, dir)
	var seen map[string][2]any
	require.NoError(t, json.Unmarshal([]byte(out), &seen))
	require.Len(t, seen, len(tensors))
	assert.Equal(t, [2]any{"torch.bfloat16", []any{2.0, 3.0}}, seen["é.BF16.[2 3]\n"])
	assert.Equal(t, [2]any{"torch.float8_e4m3fn", []any{}}, seen["é.F8_E4M3.[]\n"])

	ours, err := os.ReadFile(filepath.Join(dir, "heft.safetensors"))
	require.NoError(t, err)
	theirs, err := os.ReadFile(filepath.Join(dir, "python.safetensors"))
	require.NoError(t, err)
	require.Equal(t, ours, theirs)
	loaded, metadata, err := Load(filepath.Join(dir, "python.safetensors"))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"format": "pt"}, metadata)
	assert.ElementsMatch(t, tensors, loaded)
}

// TestConversionIsTorchs writes float32 values, edge cases among them, in 16 bits here and with torch's casts.
func TestConversionIsTorchs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var values []float32
	for len(values) < 100_000 {
		if x := math.Float32frombits(r.Uint32()); x == x { // which NaN comes out is the processor's choice in torch
			values = append(values, x)
		}
	}
	for _, x := range []float32{0, 65504, 65519.996, 65520, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1p-14, 0x1.ffep-15, 1 + 0x1p-11, 1 + 0x3p-11, 0x1.ffp127, 1 + 0x1p-8} {
		values = append(values, x, -x)
	}
	tensor, err := dtype.FromFloat32s("x", []int{len(values)}, values, dtype.F32)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, Save(filepath.Join(dir, "F32"), []dtype.Tensor{tensor}, dtype.F32))
	interop.Run(t, `
import sys, torch
from safetensors.torch import load_file, save_file
x = load_file(sys.argv[1] + "/F32")["x"]
for name, dtype in ("F16", torch.float16), ("BF16", torch.bfloat16):
    save_file({"x": x.to(dtype)}, sys.argv[1] + "/" + name, metadata={"format": "pt"})
`, dir)
	for _, dt := range []dtype.DType{dtype.F16, dtype.BF16} {
		want, err := os.ReadFile(filepath.Join(dir, dt.String()))
		require.NoError(t, err)
		require.Equal(t, want, writeAll(t, []dtype.Tensor{tensor}, dt, AllowInf()), dt.String())
	}
}

// referenceText is how a message of the reference implementation begins, by Kind.
var referenceText = map[Kind]string{
	HeaderTooSmall:               "header too small",
	HeaderTooLarge:               "header too large",
	InvalidHeaderLength:          "invalid header length",
	InvalidHeader:                "invalid UTF-8 in header",
	InvalidHeaderDeserialization: "invalid JSON in header",
	InvalidOffset:                "invalid offset for tensor",
	ValidationOverflow:           "overflow computing buffer size",
	MisalignedSlice:              "The slice is slicing for subbytes dtypes",
	TensorInvalidInfo:            "invalid shape, data type, or offset for tensor",
	MetadataIncompleteBuffer:     "incomplete metadata, file not fully covered",
}

// stricter are the hostile files that the reference implementation accepts, or refuses for another reason.
var stricter = map[string]string{
	"metadata key twice":                            "accepted",
	"tensor as an array":                            "accepted",
	"unknown field twice":                           "accepted",
	"name twice, the same":                          "accepted",
	"metadata twice":                                "invalid JSON in header: duplicate field",
	"metadata twice, once null":                     "invalid JSON in header: duplicate field",
	"dtype twice":                                   "invalid JSON in header: duplicate field",
	"name twice":                                    "invalid offset for tensor",
	"data of 8 times 2^60 bytes":                    "incomplete metadata",
	"unknown dtype of a shape that overflows":       "invalid JSON in header: unknown variant",
	"unknown dtype that overlaps":                   "invalid JSON in header: unknown variant",
	"a thousand tensors of one name over one range": "invalid offset for tensor",
}

func TestReferenceRefusesWhatWeRefuseForTheSameReason(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	corpus, unusual := hostileFiles(), unusualFiles()
	for _, h := range corpus {
		require.NoError(t, os.WriteFile(filepath.Join(dir, h.name), h.bytes, 0o644))
	}
	for name, b := range unusual {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o644))
	}
	out := interop.Run(t, `
import json, os, sys
from safetensors import deserialize
answers = {}
for name in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], name), "rb") as f:
        try:
            deserialize(f.read())
            answers[name] = "accepted"
        except Exception as e:
            answers[name] = str(e).removeprefix("Error while deserializing: ")
print(json.dumps(answers))
`, dir)
	var answers map[string]string
	require.NoError(t, json.Unmarshal([]byte(out), &answers))
	require.Len(t, answers, len(corpus)+len(unusual))
	for _, h := range corpus {
		want, ok := stricter[h.name]
		if !ok {
			want = referenceText[h.kind]
		}
		assert.True(t, want != "" && strings.HasPrefix(answers[h.name], want), "%s is %v here, and there %q", h.name, h.kind, answers[h.name])
	}
	for name := range unusual {
		want := "accepted"
		if strings.Contains(name, "dtype") { // to be copied: the specification grows
			want = "invalid JSON in header: unknown variant"
		}
		assert.True(t, strings.HasPrefix(answers[name], want), "%s is %q", name, answers[name])
	}
}
