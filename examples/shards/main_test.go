package main

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
)

func TestRunGetsTheSameBits(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	run(&out, 2)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	var hash uint64
	var accuracy float64
	_, err := fmt.Sscanf(lines[0], "one goroutine: weights %x, accuracy %f%%", &hash, &accuracy)
	require.NoError(t, err)
	assert.Greater(t, accuracy, 80.0)
	assert.Equal(t, "same bits: true", lines[2])
}

func TestBitsDoNotDependOnGOMAXPROCS(t *testing.T) { // not parallel: it sets what all tests share
	hash := func(procs int) uint64 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		training := newTraining()
		training.epochs(1, training.manyGoroutines)
		return training.hash()
	}
	assert.Equal(t, hash(1), hash(4))
}

func TestBitsDependOnTheShards(t *testing.T) {
	t.Parallel()
	sharded, whole := newTraining(), newTraining()
	sharded.epochs(1, sharded.oneGoroutine)
	whole.epochs(1, func(b data.Batch) nn.Grads {
		p := whole.passes[0]
		p.Reset()
		return p.Backward(whole.net.Forward(p, p.Input(b.X)).CrossEntropy(b.Y))
	})
	assert.NotEqual(t, whole.hash(), sharded.hash(), "dropout draws for each shard")
}
