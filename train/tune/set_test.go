package tune

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// set knows the settings that the tests vary.
func set(c *train.Config, name, value string) (err error) {
	switch name {
	case "lr":
		c.LR, err = strconv.ParseFloat(value, 64)
	case "momentum":
		c.Momentum, err = strconv.ParseFloat(value, 64)
	case "validation":
		c.Validation, err = strconv.ParseFloat(value, 64)
	case "seed":
		c.Seed, err = strconv.ParseUint(value, 10, 64)
	case "batch":
		c.Batch, err = strconv.Atoi(value)
	case "model":
		c.Model = value
	case "tokenizer":
		c.Spec.Tokenizer = value
	case "optimizer":
		c.Optimizer = value
	case "init":
		c.Init = value
	default:
		err = fmt.Errorf("no setting is called %.40q", name)
	}
	return err
}

// quick is a training of some milliseconds.
func quick() train.Config {
	c := train.Default("xor")
	c.Epochs = 2
	return c
}

// grid is a space of every combination of some values.
func grid(seeds int, texts ...string) Space {
	g, err := ParseGrid(texts)
	if err != nil {
		panic(err)
	}
	return Space{Grid: g, Seeds: seeds}
}

// planned makes a plan that must be right.
func planned(t testing.TB, c train.Config, s Space) *Plan {
	t.Helper()
	p, err := NewPlan(c, s, set)
	require.NoError(t, err)
	return p
}

// searched works on a search to its end.
func searched(t *testing.T, dir string, p *Plan, o Options) *Results {
	t.Helper()
	r, err := Run(context.Background(), dir, p, o)
	require.NoError(t, err)
	return r
}

func contents(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

// needsLocks skips where the system keeps no two processes apart.
func needsLocks(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("js/wasm has no locks")
	}
}

// during runs a function in the first epoch of a training.
type during struct{ do func() }

func (during) Start(train.Work)   {}
func (during) Batch(int, float64) {}
func (during) Stop()              {}
func (d during) Epoch(e train.Epoch) {
	if e.Epoch == 1 {
		d.do()
	}
}
