package torchfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/cost"
	"github.com/heft-ml/heft/internal/mapped"
)

func TestAScanTellsEveryNameAndWhereItStands(t *testing.T) {
	t.Parallel()
	prefix := ordered(str("w"), vector("0", 1))
	path := filepath.Join(t.TempDir(), "evil.bin")
	require.NoError(t, os.WriteFile(path, fileOf(pickled(prefix, call("__main__", "Net"), call("posix", "system", str("x"))), floats(1)), 0o600))
	r, err := Scan(path)
	require.NoError(t, err)
	require.ErrorIs(t, r.Refusal, ForbiddenGlobal)
	assert.ErrorContains(t, r.Refusal, path)
	assert.Equal(t, Dangerous, r.Worst())
	assert.Empty(t, r.Problems)
	var found []string
	for _, g := range r.Globals {
		found = append(found, g.Module+"."+g.Name+" "+g.Verdict.String())
	}
	assert.Equal(t, []string{
		"collections.OrderedDict innocuous", "torch._utils._rebuild_tensor_v2 innocuous", "torch.FloatStorage innocuous", "collections.OrderedDict innocuous",
		"__main__.Net suspicious", "posix.system dangerous",
	}, found)
	last := r.Globals[len(r.Globals)-1]
	assert.Equal(t, "a/data.pkl", last.Entry)
	assert.Equal(t, int64(2+len(prefix)+len(call("__main__", "Net"))), last.Offset)
	_, err = Scan(filepath.Join(t.TempDir(), "absent"))
	assert.Error(t, err)
}

func TestACleanFileScansClean(t *testing.T) {
	t.Parallel()
	legacy := legacyOf(pickled(ordered(str("w"), view(legacyID("1", 2, "N"), 0, []int64{2}, []int64{1}))), "1", floats(2))
	for _, b := range [][]byte{good(), legacy} {
		r := scanned(t, b)
		assert.NoError(t, r.Refusal)
		assert.Empty(t, r.Problems)
		assert.Equal(t, Innocuous, r.Worst())
		assert.NotEmpty(t, r.Globals)
	}
}

func TestAScanOfManyPicklesEnds(t *testing.T) {
	t.Parallel()
	const pickle = "cos\nsystem\n."
	for most, want := range map[int64]int{1: 1, 10 * int64(len(pickle)): 10, 10*int64(len(pickle)) + 1: 11, firstWindow + 7: firstWindow/len(pickle) + 1} {
		path := filepath.Join(t.TempDir(), "many.pkl")
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat(pickle, 20_000)), 0o600))
		source, err := mapped.Open(path)
		require.NoError(t, err)
		r := &Report{Refusal: ForbiddenOpcode}
		require.NoError(t, r.scanPickles(source, most))
		require.NoError(t, source.Close())
		assert.Len(t, r.Globals, want)
		require.Len(t, r.Problems, 1)
		assert.Contains(t, r.Problems[0], "not scanned")
	}
}

// TestWhatIsHiddenIsFound has the ways around scanners that are known.
func TestWhatIsHiddenIsFound(t *testing.T) {
	t.Parallel()
	attack := call("os", "system", str("x"))
	short := func(s string) string { return "\x8c" + string([]byte{byte(len(s))}) + s }
	data := part{"a/data.pkl", pickled("N")}
	version := part{"a/version", "3"}
	in := func(name, content string) []byte { return zipped(data, version, part{name, content}) }
	encrypted := in("a/evil.pkl", pickled(attack))
	for name, b := range map[string][]byte{
		"a second pickle beside data.pkl":              in("a/evil.pkl", pickled(attack)),
		"a pickle called text":                         in("a/data.txt", pickled(attack)),
		"a pickle called text of protocol 0":           in("a/data.txt", "cos\nsystem\n(S'x'\ntR."),
		"a pickle called a storage":                    in("a/data/0", pickled(attack)),
		"a pickle in another folder":                   in("b/data.pkl", pickled(attack)),
		"a pickle in an entry with flag 0x1":           patched(encrypted, "a/evil.pkl", false, 8, 1, 0),
		"a pickle in an entry with flag 0x20":          patched(encrypted, "a/evil.pkl", false, 8, 0x20, 0),
		"a pickle in an entry with flag 0x40":          patched(encrypted, "a/evil.pkl", false, 8, 0x40, 0),
		"a pickle with a bad checksum":                 patched(encrypted, "a/evil.pkl", false, 16, 1, 2, 3, 4),
		"a pickle that its own header calls otherwise": patched(encrypted, "a/evil.pkl", true, 30, []byte("a/good.txt")...),
		"a deflated pickle":                            deflated(pickled(attack), floats(1), 0),
		"a NumPy array of objects":                     in("a/x.npy", "\x93NUMPY\x01\x00\x46\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"+strings.Repeat(" ", 14)+"\n"+"\x80\x03"+attack+"."),
		"after the end of data.pkl":                    fileOf(pickled("N") + pickled(attack)),
		"before an invalid instruction":                fileOf(pickled(attack, "\xff")),
		"before the end is missing":                    fileOf("\x80\x02" + attack),
		"in the third of five pickles":                 []byte(magicPickle + versionPickle + pickled(attack) + pickled("N") + pickled("]")),
		"after five pickles":                           []byte(magicPickle + versionPickle + pickled("N") + pickled("N") + pickled("]") + pickled(attack)),
		"a memo slot that is set twice":                fileOf(pickled(str("torch"), "q\x00", str("os"), "q\x00", str("system"), "q\x01", "h\x00h\x01\x93)R")),
		"a memo slot that is never set":                fileOf(pickled("h\x05", str("system"), "\x93)R")),
		"a number as the module":                       fileOf(pickled("K\x2a", str("system"), "\x93)R")),
		"strings behind what is popped":                fileOf(pickled(str("os"), str("system"), "N0\x93)R")),
		"strings behind a tuple":                       fileOf(pickled(str("os"), str("system"), "(NNt0\x93)R")),
		"strings behind POP_MARK":                      fileOf(pickled(str("os"), str("system"), "(NN1\x93)R")),
		"strings that are duplicated":                  fileOf(pickled(short("os"), "2", short("system"), "\x93)R")),
		"escaped text":                                 fileOf(pickled(`V\u006fs`+"\n", `V\u0073ystem`+"\n", "\x93)R")),
		"a quoted string of protocol 0":                fileOf(pickled("S'os'\n", "S'system'\n", "\x93)R")),
		"an escaped string of protocol 0":              fileOf(pickled(`S'\x6fs'`+"\n", "S'path'\n", "\x93)R")),
		"an extension code":                            fileOf(pickled("\x82\x01)R")),
		"INST":                                         fileOf(pickled("(" + str("x") + "ios\nsystem\n")),
		"a PROTO in the middle":                        fileOf(pickled("\x80\x00N")),
		"a scanner that is switched off":               fileOf(pickled(call("fickling.hook", "remove_hook"), attack)),
		"a very long name":                             fileOf(pickled(glob(strings.Repeat("a.", 1<<16), "b"))),
	} {
		r := scanned(t, b)
		assert.Equal(t, Dangerous, r.Worst(), "%s: %+v", name, r)
	}
	for name, b := range map[string][]byte{
		"a zip in the zip":        in("a/more.zip", string(good())),
		"a 7z in the zip":         in("a/more.7z", "7z\xbc\xaf\x27\x1c"),
		"an unknown method":       patched(good(), "a/data.pkl", false, 10, 1, 0),
		"a directory that is cut": good()[:len(good())-3],
		"no pickle":               []byte("hello"),
		"a pickle that breaks":    fileOf("\x80\x02(((("),
	} {
		r := scanned(t, b)
		assert.NotEmpty(t, r.Problems, name)
		assert.Equal(t, Innocuous, r.Worst(), name)
	}
}

// The attack begins beyond what is read of the file at first, and another goes on over the end of that.
func TestPicklesAreFollowedThroughAFileOfAnyLength(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 10, firstWindow - 20, firstWindow, 5 * firstWindow} {
		first := magicPickle + versionPickle + pickled(str(strings.Repeat("x", before)))
		attack := pickled(str(strings.Repeat("y", 3*firstWindow)), call("os", "system", str("x")))
		r := scanned(t, []byte(first+attack+attack+"\xff"))
		require.Len(t, r.Globals, 2, before)
		at := strings.Index(attack, "cos\n")
		require.Positive(t, at)
		assert.Equal(t, int64(len(first)+at), r.Globals[0].Offset)
		assert.Equal(t, int64(len(first)+len(attack)+at), r.Globals[1].Offset)
		require.Len(t, r.Problems, 1)
		assert.Contains(t, r.Problems[0], fmt.Sprintf("the pickle that begins at byte %d ", len(first)+2*len(attack)))
		assert.Contains(t, r.Problems[0], fmt.Sprintf("at byte %d: 0xff is no instruction", len(first)+2*len(attack)))
	}
}

// It is not parallel, so that it measures its own memory.
func TestTheStoragesOfALegacyFileAreNotScanned(t *testing.T) {
	const storage = 64 << 20
	w := pickled(ordered(str("w"), view(legacyID("1", storage/4, "N"), 0, []int64{storage / 4}, []int64{1})))
	pickles := strings.TrimSuffix(string(legacyOf(w, "1", "")), le64(0))
	for end, refused := range map[string]bool{"": false, "more": true} {
		var file cost.Sparse
		_, err := io.WriteString(&file, pickles+le64(storage/4))
		require.NoError(t, err)
		require.NoError(t, cost.Zeros(&file, storage))
		_, err = io.WriteString(&file, end)
		require.NoError(t, err)
		var r *Report
		allocated := cost.Allocated(func() { r, err = scan(mapped.New(&file, file.Size())) })
		require.NoError(t, err)
		assert.Equal(t, refused, r.Refusal != nil)
		assert.Equal(t, Innocuous, r.Worst())
		assert.Less(t, allocated, uint64(storage/16))
	}
}

func TestVerdictsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "innocuous suspicious dangerous Verdict(9)", strings.Join([]string{Innocuous.String(), Suspicious.String(), Dangerous.String(), Verdict(9).String()}, " "))
	assert.Equal(t, "forbidden global", ForbiddenGlobal.Error())
}
