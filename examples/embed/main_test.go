package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestRunPredictsWithTheEmbeddedWeights(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(&out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	assert.Equal(t, "written: [6 7 6 3 9 0 6 9 8 2]", lines[1])
	var size int
	var accuracy float64
	_, err := fmt.Sscanf(lines[2], "%d bytes of weights, accuracy %f%%", &size, &accuracy)
	require.NoError(t, err)
	assert.Equal(t, len(weights), size)
	assert.Greater(t, accuracy, 94.0)
}
