package tune

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/train"
)

// childFolder names the environment's variable that makes this test program a search in a folder, to be killed.
const childFolder = "HEFT_TUNE_CHILD"

func TestMain(m *testing.M) {
	dir := os.Getenv(childFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	p, err := NewPlan(doomed(), doomedSpace(), set)
	if err == nil {
		_, err = Run(context.Background(), dir, p, Options{Jobs: 2})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// doomed is a training that takes long enough to be killed in the middle.
func doomed() train.Config {
	c := train.Default("moons")
	c.Epochs, c.Dropout, c.Patience = 15, 0.1, 12
	return c
}

func doomedSpace() Space { return grid(2, "lr=0.01,0.1,1e25", "model=mlp:16;mlp:16,16") }

func TestSearchKilledAtAnyMomentEndsTheSame(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("kills processes for some seconds: -long")
	}
	if runtime.GOOS == "js" {
		t.Skip("js/wasm starts no processes")
	}
	searches := 2
	if testmode.Full() {
		searches = 30
	}
	p := planned(t, doomed(), doomedSpace())
	whole := t.TempDir()
	begun := time.Now()
	searched(t, whole, p, Options{Jobs: 2})
	takes := time.Since(begun)
	random := rand.New(rand.NewPCG(1, 2))
	kills := 0
	for range searches {
		dir := t.TempDir()
		for !finishes(t, dir, time.Duration(random.Int64N(int64(takes/4)))) {
			kills++
			if _, err := os.Lstat(filepath.Join(dir, PlanFile)); err == nil {
				_, err := Load(dir, set)
				require.NoError(t, err, "what stands under its final name is whole")
			}
		}
		assertSameSearch(t, p, whole, dir)
	}
	assert.Positive(t, kills, "the searches were killed at all") // how often depends on the machine's load
	t.Logf("%d searches of %v were killed %d times", searches, takes.Round(time.Millisecond), kills)
}

// finishes runs a search in a process of its own, kills it after some time, and tells whether it was done by then.
func finishes(t *testing.T, dir string, after time.Duration) bool {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childFolder+"="+dir)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err)
		return true
	case <-time.After(20*time.Millisecond + after): // a process takes some time to start
		_ = cmd.Process.Kill() // fails if it ended just now
		return <-ended == nil
	}
}
