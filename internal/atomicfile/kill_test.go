package atomicfile_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/internal/testmode"
)

// The environment of a child: which of the writers it is, and where it writes.
const (
	childWriter = "HEFT_TEST_WRITER"
	childPath   = "HEFT_TEST_PATH"
)

// TestWriterThatIsKilled is the child: it writes two files in turn until it is killed.
func TestWriterThatIsKilled(t *testing.T) {
	name, path := os.Getenv(childWriter), os.Getenv(childPath)
	if path == "" {
		t.Skip("it is run by TestAKillAtAnyMomentLeavesAWholeFile")
	}
	all := writers()
	w := all[slices.IndexFunc(all, func(w writer) bool { return w.name == name })]
	for value := byte(1); ; value = 3 - value {
		require.NoError(t, w.write(path, tensors(value)))
		fmt.Println("written")
	}
}

func TestAKillAtAnyMomentLeavesAWholeFile(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("run with -long to kill processes that write")
	}
	if runtime.GOOS == "js" {
		t.Skip("a page starts no processes")
	}
	times := 3
	if testmode.Full() {
		times = 50
	}
	for _, w := range writers() {
		path := filepath.Join(t.TempDir(), "model")
		var whole [][]byte
		for value := byte(1); value <= 2; value++ {
			require.NoError(t, w.write(path, tensors(value)), w.name)
			whole = append(whole, read(t, path))
		}
		for range times {
			killWriter(t, w.name, path)
			got := read(t, path)
			assert.True(t, bytes.Equal(got, whole[0]) || bytes.Equal(got, whole[1]), "%s: %d bytes that are neither file", w.name, len(got))
		}
		require.NoError(t, atomicfile.Clean(filepath.Dir(path)))
		atomicfile.RequireOnly(t, filepath.Dir(path), "model")
	}
}

// killWriter starts a child, and kills it while it writes, some milliseconds after it has begun.
func killWriter(t *testing.T, name, path string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestWriterThatIsKilled$")
	child.Env = append(os.Environ(), childWriter+"="+name, childPath+"="+path)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	time.Sleep(time.Duration(rand.IntN(20_000)) * time.Microsecond)
	require.NoError(t, child.Process.Kill())
	require.Error(t, child.Wait(), "it was killed")
	require.NoError(t, err)
	require.Equal(t, "written\n", line)
}
