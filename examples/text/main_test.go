package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestRunLearnsAndWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rays.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("The Rays of Light are straight. ", 100)), 0o666))
	var out bytes.Buffer
	loss, err := run(&out, "text:"+path, 60, 1)
	require.NoError(t, err)
	assert.Less(t, loss, 2.0, "an even guess among 15 characters has 2.7")
	_, written, _ := strings.Cut(out.String(), "\n\n")
	assert.True(t, strings.HasPrefix(written, "The Rays of "))
	assert.Len(t, written, len("The Rays of ")+400+len("\n"))
}

func TestRunRefusesATextThatIsTooShort(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "short.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("ab", 50)), 0o666))
	_, err := run(&bytes.Buffer{}, "text:"+path, 60, 1)
	assert.ErrorContains(t, err, "short.txt/validation has 10 tokens, but a context of 64 needs 65")
}
