package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func TestRunLearnsAndLeavesWeightsThatPredict(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "digits.safetensors")
	var out bytes.Buffer
	require.NoError(t, run(&out, path, 5))

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 6)
	assert.Equal(t, "saved "+path, lines[5])
	var epoch int
	var printed float64
	_, err := fmt.Sscanf(lines[4], "epoch %d accuracy %f%%", &epoch, &printed)
	require.NoError(t, err)
	assert.Equal(t, 5, epoch)
	assert.Greater(t, printed, 85.0)

	f, err := safetensors.Open(path)
	require.NoError(t, err)
	defer f.Close()
	for _, info := range f.Tensors() {
		assert.Equal(t, dtype.BF16, info.DType, info.Name)
	}
	s := nn.NewStore(2, initializer.Zeros())
	net := nn.NewMLP(s.Root(), 64, 128, 10)
	_, err = s.Load(f.All())
	require.NoError(t, err)
	_, test := data.Digits()
	assert.InDelta(t, printed, 100*nn.Accuracy(s, net, test.X, test.Y), 1, "bfloat16 costs a few samples at most")
}

func TestRunReportsAFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing", "digits.safetensors")
	assert.ErrorContains(t, run(&bytes.Buffer{}, missing, 0), "missing")
}
