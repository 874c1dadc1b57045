package venv

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quick waits little, and stays far enough from dead that a slow machine's beats still count.
var quick = pace{poll: time.Millisecond, beat: 5 * time.Millisecond, dead: 2 * time.Second}

func testEnvironment(t *testing.T, build func(dir string) error) environment {
	t.Helper()
	return environment{dir: filepath.Join(t.TempDir(), "venv-x"), build: build, say: io.Discard, pace: quick}
}

// fill is a build that leaves one file.
func fill(dir string) error { return os.WriteFile(filepath.Join(dir, "python"), []byte("done"), 0o666) }

// beside lists what stands in the environment's parent folder.
func beside(t *testing.T, e environment) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(e.dir))
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestEnvironmentNameIsAHashOfTheRequirements(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "venv-e3b0c44298fc", environmentName(nil))
	assert.NotEqual(t, environmentName([]byte("torch==1")), environmentName([]byte("torch==2")))
}

func TestEnvironmentIsBuiltOnceHoweverManyAsk(t *testing.T) {
	t.Parallel()
	var built atomic.Int32
	e := testEnvironment(t, func(dir string) error {
		built.Add(1)
		time.Sleep(20 * time.Millisecond)
		return fill(dir)
	})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if assert.NoError(t, e.ensure()) {
				assert.FileExists(t, filepath.Join(e.dir, "python"))
			}
		})
	}
	group.Wait()
	assert.Equal(t, int32(1), built.Load())
	assert.Equal(t, []string{"venv-x"}, beside(t, e), "lock and temporary folder are gone")
}

func TestFailedBuildLeavesNothingAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	broken := errors.New("no network")
	e := testEnvironment(t, func(dir string) error {
		require.NoError(t, fill(dir))
		return broken
	})
	require.ErrorIs(t, e.ensure(), broken)
	assert.Empty(t, beside(t, e))

	e.build = fill
	require.NoError(t, e.ensure())
	assert.FileExists(t, filepath.Join(e.dir, "python"))
}

func TestUnfinishedEnvironmentIsNeverSeen(t *testing.T) {
	t.Parallel()
	var e environment
	e = testEnvironment(t, func(dir string) error {
		assert.NotEqual(t, e.dir, dir)
		assert.NoDirExists(t, e.dir)
		return fill(dir)
	})
	require.NoError(t, e.ensure())
}

func TestWhatAKilledBuilderLeftIsReplaced(t *testing.T) {
	t.Parallel()
	e := testEnvironment(t, fill)
	e.pace.dead = 50 * time.Millisecond
	require.NoError(t, os.Mkdir(e.lock(), 0o777))
	half := e.dir + ".tmp-1"
	require.NoError(t, os.Mkdir(half, 0o777))
	require.NoError(t, fill(half))

	require.NoError(t, e.ensure())
	assert.Equal(t, []string{"venv-x"}, beside(t, e))
}

func TestLivingBuilderKeepsItsLock(t *testing.T) {
	t.Parallel()
	e := testEnvironment(t, fill)
	unlock, err := e.acquire()
	require.NoError(t, err)
	var released atomic.Bool
	waiting := make(chan error)
	go func() {
		second, err := e.acquire()
		if err == nil {
			assert.True(t, released.Load(), "the lock was taken from a living owner")
			second()
		}
		waiting <- err
	}()
	time.Sleep(e.pace.dead + e.pace.dead/4)
	released.Store(true)
	unlock()
	require.NoError(t, <-waiting)
	assert.NoDirExists(t, e.lock())
}

func TestMissingCacheFolderIsMade(t *testing.T) {
	t.Parallel()
	e := testEnvironment(t, fill)
	e.dir = filepath.Join(e.dir, "heft", "venv-y")
	require.NoError(t, e.ensure())
	assert.FileExists(t, filepath.Join(e.dir, "python"))
}

func TestUnwritableCacheIsAnError(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	e := environment{dir: filepath.Join(file, "venv-x"), build: fill, say: io.Discard, pace: quick}
	require.Error(t, e.ensure())
}
