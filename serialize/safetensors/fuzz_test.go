package safetensors

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// readAll reads a whole file from memory.
func readAll(b []byte) (tensors []dtype.Tensor, metadata map[string]string, err error) {
	f, err := NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, err
	}
	for t, err := range f.All() {
		if err != nil {
			return nil, nil, err
		}
		tensors = append(tensors, t)
	}
	return tensors, f.Metadata(), nil
}

// copyOf copies a file as [Create] does, whatever its dtypes are. What is no file has none.
func copyOf(t testing.TB, b []byte) []byte {
	f, err := NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	p, err := newPlan(f.Tensors(), f.Content, newOptions([]Option{KeepOrder(f), ExactMetadata(f.Metadata())}))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, p.writeTo(&out))
	again, err := NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Equal(t, f.Tensors(), again.Tensors())
	require.Equal(t, f.Metadata(), again.Metadata())
	return out.Bytes()
}

// FuzzReader wants no panic for any bytes; of what is accepted, a copy that says the same; and of the copy, a copy that is the same. Copies keep the
// order, or have the reference implementation's.
func FuzzReader(f *testing.F) {
	for _, h := range hostileFiles() {
		f.Add(h.bytes)
	}
	f.Add(small(f))
	for _, b := range unusualFiles() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		copied := copyOf(t, b)
		require.Equal(t, copied, copyOf(t, copied))
		tensors, metadata, err := readAll(b)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		total := 0
		for _, tensor := range tensors {
			require.NoError(t, tensor.Check())
			total += len(tensor.Data)
		}
		require.Less(t, total, len(b))
		again := writeAll(t, tensors, AsIs, ExactMetadata(metadata))
		tensorsAgain, metadataAgain, err := readAll(again)
		require.NoError(t, err)
		require.Equal(t, metadata, metadataAgain)
		require.ElementsMatch(t, tensors, tensorsAgain)
		require.Equal(t, again, writeAll(t, tensorsAgain, AsIs, ExactMetadata(metadataAgain)))
	})
}

// FuzzScanner wants the scanner to accept the texts that encoding/json accepts, and strings to mean the same, but for what encoding/json is lax about:
// invalid UTF-8 and unpaired surrogates; and for deep nesting.
func FuzzScanner(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `"a"`, `"\ud83d\ude00\u00e9\n"`, `"\ud800"`, `0`, `-0`, `-`, `-1.5e+10`, `01`, `1.`, `.5`, `1e`, `+1`, `nul`, `null`, `truefalse`, `[1,]`, `{"a":1,}`,
		`{"a":[{"b":null},true,false,"c"]}`, " [ 1 , 2 ] ", "\"\x7f\"", "\"\n\"", `"\/"`, `"\x"`, `{1:2}`, "[1\x00]", strings.Repeat("[", 200), `"\uD83D\u0041"`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !utf8.Valid(text) {
			return
		}
		s := &scanner{text: text}
		err := s.skip(1)
		if err == nil {
			s.next()
			require.Equal(t, json.Valid(text), s.pos == len(text), "%q", text)
		} else if json.Valid(text) {
			require.Regexp(t, "unpaired surrogate|nested deeper", err.Error(), "%q", text)
		}
		s = &scanner{text: text}
		if got, err := s.string(); err == nil && json.Valid(text) {
			var want string
			require.NoError(t, json.Unmarshal(text, &want))
			require.Equal(t, want, got, "%q", text)
		}
	})
}
