//go:build unix

package lab

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipesThatAFileNamesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	_, _, err := Reopen("csv:"+pipe, Hashes{})
	assert.ErrorContains(t, err, "is not a regular file")
}
