package torchfile

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	magicPickle   = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
	versionPickle = "\x80\x02M\xe9\x03."
)

// legacyOf makes a file of stacked pickles with one storage of float32 values.
func legacyOf(object, key, data string) []byte {
	return []byte(magicPickle + versionPickle + pickled("}") + object + pickled("]"+str(key)+"a") + le64(uint64(len(data)/4)) + data)
}

// legacyID is a storage's id with what it is a view of.
func legacyID(key string, count int64, view string) string {
	return tup(str("storage"), glob("torch", "FloatStorage"), str(key), str("cuda:0"), num(count), view) + "Q"
}

func TestStackedPicklesAreRead(t *testing.T) {
	t.Parallel()
	whole := legacyID("140", 6, "N")
	part := legacyID("140", 6, tup(str("141"), num(2), num(3)))
	object := pickled(ordered(str("w"), view(whole, 0, []int64{2, 3}, []int64{3, 1}), str("t"), view(whole, 0, []int64{3, 2}, []int64{1, 3}),
		str("v"), view(part, 1, []int64{2}, []int64{1}), str("again"), view(part, 0, []int64{1}, []int64{1})))
	f := opened(t, legacyOf(object, "140", floats(6)))
	assert.Equal(t, []float32{0, 1, 2, 3, 4, 5}, values(t, f, "w"))
	assert.Equal(t, []float32{0, 3, 1, 4, 2, 5}, values(t, f, "t"))
	assert.Equal(t, []float32{3, 4}, values(t, f, "v"))
	assert.Equal(t, [][]string{{"w", "t", "v", "again"}}, aliases(f))
	p, _ := f.Placement("v")
	assert.Equal(t, "cuda:0", p.Location)
	assert.Empty(t, opened(t, []byte(magicPickle+versionPickle+pickled("}")+pickled("}")+pickled("]"))).Tensors())
}

func TestALargeObjectOfALegacyFileIsRead(t *testing.T) {
	t.Parallel()
	object := pickled(ordered(str("note"), str(strings.Repeat("x", 3*firstWindow)), str("w"), view(legacyID("1", 2, "N"), 0, []int64{2}, []int64{1})))
	assert.Equal(t, []float32{0, 1}, values(t, opened(t, legacyOf(object, "1", floats(2))), "w"))
}

func TestBrokenLegacyFilesAreRefused(t *testing.T) {
	t.Parallel()
	w := pickled(ordered(str("w"), view(legacyID("1", 2, "N"), 0, []int64{2}, []int64{1})))
	viewed := func(id string) string { return pickled(view(id, 0, []int64{1}, []int64{1})) }
	file := string(legacyOf(w, "1", floats(2)))
	keys := pickled("]" + str("1") + "a")
	for _, c := range []struct {
		name, file string
		kind       Kind
		detail     string
	}{
		{"a magic that is computed", glob("__builtin__", "eval") + "(S'0x1950a86a20f9469cfc6c'\ntR." + file[len(magicPickle):], NotTorch, "begins with"},
		{"a magic that is computed in protocol 2", pickled(call("builtins", "eval", str("0x1950a86a20f9469cfc6c"))) + file[len(magicPickle):], ForbiddenGlobal, "builtins.eval"},
		{"another magic", pickled("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x18") + file[len(magicPickle):], NotTorch, "magic number"},
		{"a magic that is text", pickled(str("0x1950a86a20f9469cfc6c")) + file[len(magicPickle):], NotTorch, "pickle of a str"},
		{"another version", magicPickle + pickled(num(7)), Unsupported, "version 7"},
		{"a number of elements that differs", strings.Replace(file, le64(2)+floats(2), le64(3)+floats(2), 1), BadTensor, "2 elements, where its data stands 3"},
		{"a number of 2^64-1 elements", strings.Replace(file, le64(2)+floats(2), le64(1<<64-1)+floats(2), 1), BadTensor, "18,446,744,073,709,551,615"},
		{"bytes at the end", file + "x", BadArchive, "1 bytes follow the last storage"},
		{"a pickle at the end", file + pickled(call("os", "system", str("x"))), BadArchive, "hidden"},
		{"a key that is not there", strings.Replace(file, keys, pickled("]"+str("2")+"a"), 1), BadTensor, `"2"`},
		{"a key twice", strings.Replace(file, keys, pickled("]("+str("1")+str("1")+"e"), 1), BadTensor, "1 storages"},
		{"no keys", strings.Replace(file, keys, pickled("]"), 1), BadTensor, "1 storages, the list of their keys is []"},
		{"keys that are a dict", strings.Replace(file, keys, pickled("}"), 1), BadTensor, "{}"},
		{"a zip's id", string(legacyOf(viewed(idOf("FloatStorage", "1", 2)), "1", floats(2))), BadPickle, "5 fields"},
		{"a module with its source", string(legacyOf(pickled(tup(str("module"), "N", str("f.py"), str("import os"))+"Q"), "1", floats(2))), ForbiddenGlobal, "whole module"},
		{"a view beyond", string(legacyOf(viewed(legacyID("1", 2, tup(str("2"), num(1), num(2)))), "1", floats(2))), BadTensor, "viewed by"},
		{"a view of 2^63-1", string(legacyOf(viewed(legacyID("1", 2, tup(str("2"), num(1), num(1<<63-1)))), "1", floats(2))), BadTensor, "viewed by"},
		{"a view from -1", string(legacyOf(viewed(legacyID("1", 2, tup(str("2"), num(-1), num(1)))), "1", floats(2))), BadTensor, "viewed by"},
		{"a view that is a number", string(legacyOf(viewed(legacyID("1", 2, num(1))), "1", floats(2))), BadPickle, "viewed by 1"},
		{"a view that is two", string(legacyOf(pickled(tup(legacyID("1", 2, tup(str("2"), num(0), num(1))), legacyID("1", 2, tup(str("2"), num(1), num(1))))), "1", floats(2))), BadTensor, "two different ones"},
		{"a persistent id in the machine's pickle", magicPickle + versionPickle + pickled(idOf("FloatStorage", "1", 2)), BadPickle, "persistent id"},
	} {
		_, err := open([]byte(c.file))
		require.ErrorIs(t, err, c.kind, "%s: %v", c.name, err)
		assert.ErrorContains(t, err, c.detail, c.name)
		assert.NotContains(t, err.Error(), "\n", c.name)
	}
}
