package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestRunLearnsPricesAndAnswers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, t.TempDir()))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 6)
	assert.Regexp(t, `^on 120 houses it has not seen: R² 0\.9\d, off by \d{4,5} on average$`, lines[0])
	assert.Regexp(t, `^size \d+, rooms \d, city \w+, garden \w+: about \d{5,6}$`, lines[1])
}
