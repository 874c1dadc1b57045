package dtype_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
)

// torchCasts converts the raw numbers of every file, named by their format, to every other format, and writes each result to a file FROM-TO. What
// becomes an integer is rounded first, as here; what an integer format does not hold is left to the caller.
const torchCasts = `
import sys, numpy, torch
folder = sys.argv[1]
types = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
    "I8": torch.int8, "U8": torch.uint8, "I16": torch.int16, "I32": torch.int32, "I64": torch.int64, "BOOL": torch.bool,
}
for name in sys.argv[2:]:
    x = torch.frombuffer(bytearray(open(folder + "/" + name, "rb").read()), dtype=types[name])
    for to, dtype in types.items():
        y = x
        if not dtype.is_floating_point and dtype != torch.bool and x.dtype.is_floating_point:
            y = x.to(torch.float64).round()
        y.to(dtype).contiguous().view(torch.uint8).numpy().tofile(folder + "/" + name + "-" + to)
`

// castFormats are the formats that torch has too.
var castFormats = []dtype.DType{
	dtype.F64, dtype.F32, dtype.F16, dtype.BF16, dtype.F8E4M3, dtype.F8E5M2, dtype.I8, dtype.U8, dtype.I16, dtype.I32, dtype.I64, dtype.Bool,
}

// castSources are all codes of the formats of 8 and 16 bits, and of the wider ones the values of those, what lies beside them and random ones.
func castSources(t *testing.T) map[dtype.DType]dtype.Tensor {
	t.Helper()
	sources := map[dtype.DType]dtype.Tensor{}
	codes := dtype.Tensor{Shape: []int{1 << 16}}
	for code := range 1 << 16 {
		codes.Data = binary.LittleEndian.AppendUint16(codes.Data, uint16(code))
	}
	octets := dtype.Tensor{Shape: []int{256}}
	for code := range 256 {
		octets.Data = append(octets.Data, byte(code))
	}
	var wide []float64
	for _, dt := range []dtype.DType{dtype.F16, dtype.BF16, dtype.I16} {
		codes.DType = dt
		sources[dt] = codes
		values, err := codes.Float64s(nil)
		require.NoError(t, err)
		for _, x := range values {
			wide = append(wide, x, math.Nextafter(x, 0), math.Nextafter(x, 1e300), float64(math.Nextafter32(float32(x), 0)), float64(math.Nextafter32(float32(x), 1e38)))
		}
	}
	for _, dt := range []dtype.DType{dtype.F8E4M3, dtype.F8E5M2, dtype.I8, dtype.U8} {
		octets.DType = dt
		sources[dt] = octets
		if dt.Limits() == (dtype.Limits{}) {
			continue
		}
		values, err := octets.Float64s(nil)
		require.NoError(t, err)
		for i, x := range values { // and the ties
			tie := (x + values[(i+1)%256]) / 2
			wide = append(wide, tie, math.Nextafter(tie, 0), math.Nextafter(tie, 1e300), float64(math.Nextafter32(float32(tie), 0)), float64(math.Nextafter32(float32(tie), 1e38)))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	var words []byte
	for range 100_000 {
		wide = append(wide, math.Float64frombits(r.Uint64()), float64(math.Float32frombits(r.Uint32())), r.NormFloat64()*1000)
		words = binary.LittleEndian.AppendUint64(words, r.Uint64()>>r.IntN(64))
	}
	sources[dtype.F64] = float64Tensor("x", wide...)
	narrow, err := sources[dtype.F64].As(dtype.F32, dtype.AllowInf)
	require.NoError(t, err)
	sources[dtype.F32] = narrow
	sources[dtype.I64] = dtype.Tensor{DType: dtype.I64, Shape: []int{len(words) / 8}, Data: words}
	sources[dtype.I32] = dtype.Tensor{DType: dtype.I32, Shape: []int{len(words) / 4}, Data: words}
	return sources
}

// twice are the conversions that torch does by way of float32, and so rounds twice.
func twice(from, to dtype.DType) bool {
	narrow := to == dtype.F16 || to == dtype.BF16 || to == dtype.F8E4M3 || to == dtype.F8E5M2
	return narrow && (from == dtype.F64 || from == dtype.I32 || from == dtype.I64)
}

// TestConversionsAreTorchs compares all pairs. NaN may have any payload, and what an integer format does not hold is undefined in torch.
func TestConversionsAreTorchs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{dir}
	sources := castSources(t)
	for from, source := range sources {
		require.NoError(t, os.WriteFile(filepath.Join(dir, from.String()), source.Data, 0o644))
		args = append(args, from.String())
	}
	interop.Run(t, torchCasts, args...)
	for from, source := range sources {
		for _, to := range castFormats {
			data, err := os.ReadFile(filepath.Join(dir, from.String()+"-"+to.String()))
			require.NoError(t, err)
			theirs := dtype.Tensor{DType: to, Shape: source.Shape, Data: data}
			if twice(from, to) {
				rounded, err := source.As(dtype.F32, dtype.AllowInf)
				require.NoError(t, err)
				compareCasts(t, rounded, theirs, from)
				continue
			}
			compareCasts(t, source, theirs, from)
		}
	}
}

// compareCasts converts source and compares every value with torch's, which clamps for F8_E4M3 alone.
func compareCasts(t *testing.T, source, theirs dtype.Tensor, from dtype.DType) {
	t.Helper()
	to := theirs.DType
	policy := dtype.AllowInf
	if to == dtype.F8E4M3 {
		policy = dtype.Saturate
	}
	ours, err := source.As(to, policy)
	require.NoError(t, err)
	got, err := ours.Float64s(nil)
	require.NoError(t, err)
	want, err := theirs.Float64s(nil)
	require.NoError(t, err)
	values, err := source.Float64s(nil)
	require.NoError(t, err)
	width, held := to.Bits()/8, 0
	for i, x := range values {
		if to.Limits() == (dtype.Limits{}) && to != dtype.Bool {
			one := dtype.Tensor{DType: source.DType, Shape: []int{1}, Data: source.Data[i*source.DType.Bits()/8:][:source.DType.Bits()/8]}
			if n, err := one.CountOverflow(to); err != nil || n > 0 {
				require.NoError(t, err)
				continue
			}
		}
		held++
		same := bytes.Equal(theirs.Data[i*width:(i+1)*width], ours.Data[i*width:(i+1)*width])
		if !same && (want[i] == want[i] || got[i] == got[i]) {
			t.Fatalf("%x of %v to %v is %x, in torch %x", x, from, to, got[i], want[i])
		}
	}
	require.Positive(t, held)
}
