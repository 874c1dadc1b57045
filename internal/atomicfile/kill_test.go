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
	"github.com/heft-ml/heft/serialize"
)

// The environment of a child: which of the writers it is, and where it writes.
const (
	childWriter = "HEFT_TEST_WRITER"
	childPath   = "HEFT_TEST_PATH"
)

// TestWriterThatIsKilled is the child: it writes two files in turn, or models in many files, until it is killed.
func TestWriterThatIsKilled(t *testing.T) {
	name, path := os.Getenv(childWriter), os.Getenv(childPath)
	if path == "" {
		t.Skip("it is run by the tests of kills below")
	}
	if write, ok := shardWriters()[name]; ok {
		for i := 0; ; i++ {
			dir := filepath.Join(path, fmt.Sprint(i))
			require.NoError(t, os.Mkdir(dir, 0o777))
			require.NoError(t, write(dir))
			fmt.Println("written")
		}
	}
	all := writers()
	w := all[slices.IndexFunc(all, func(w writer) bool { return w.name == name })]
	for value := byte(1); ; value = 3 - value {
		require.NoError(t, w.write(path, tensors(value)))
		fmt.Println("written")
	}
}

// kills returns how often a writer is killed, and skips the test where none can be.
func kills(t *testing.T) int {
	t.Helper()
	if !testmode.Long() {
		t.Skip("run with -long to kill processes that write")
	}
	if runtime.GOOS == "js" {
		t.Skip("a page starts no processes")
	}
	if testmode.Full() {
		return 50
	}
	return 3
}

func TestAKillAtAnyMomentLeavesAWholeFile(t *testing.T) {
	t.Parallel()
	times := kills(t)
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

// TestAKillAtAnyMomentLeavesNoModelInManyFilesThatIsNotWhole has children that write one model after the other, each into a folder of its own.
func TestAKillAtAnyMomentLeavesNoModelInManyFilesThatIsNotWhole(t *testing.T) {
	t.Parallel()
	times := kills(t)
	for name := range shardWriters() {
		for range times {
			root := t.TempDir()
			killWriter(t, name, root)
			folders, err := os.ReadDir(root)
			require.NoError(t, err)
			whole := 0
			for _, folder := range folders {
				f, err := serialize.OpenFolder(filepath.Join(root, folder.Name()))
				if err != nil {
					continue
				}
				whole++
				require.Len(t, f.Weights.Tensors(), 3, name)
				for _, info := range f.Weights.Tensors() {
					require.NoError(t, f.Weights.View(info.Name, func(data []byte) error {
						value := byte(1)
						if info.Name == "c.weight" {
							value = 2
						}
						assert.Equal(t, len(data), bytes.Count(data, []byte{value}), "%s: %s", name, info.Name)
						return nil
					}))
				}
				require.NoError(t, f.Close())
			}
			assert.GreaterOrEqual(t, whole, len(folders)-1, "%s: only the last was not finished", name)
		}
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
