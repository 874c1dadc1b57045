//go:build unix

package data

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipeAmongTheImagesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := folder(t, shades(2, "a", "b"))
	pipe := filepath.Join(dir, "b", "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	_, err := LoadImages(imageSpec, dir)
	assert.EqualError(t, err, pipe+": not a regular file")
}
