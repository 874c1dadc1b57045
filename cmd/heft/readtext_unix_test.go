//go:build unix

package main

import (
	"bytes"
	"context"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCtrlCEndsTheWaitingForAPipe(t *testing.T) {
	t.Parallel()
	in := saved(t, 1)
	pipe := filepath.Join(filepath.Dir(in), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, args := range [][]string{
		{"convert", in, filepath.Join(filepath.Dir(in), "out.pt"), "--map", pipe},
		{"verify", in, "--manifest", pipe},
	} {
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		var out, errs bytes.Buffer
		code := run(ctx, args, nil, &out, &errs)
		stop()
		assert.Equal(t, exitInterrupted, code, args)
		assert.Empty(t, out.String())
	}
}

func TestFilesWithoutAnEndAreNotRead(t *testing.T) {
	t.Parallel()
	_, err := readText(t.Context(), "/dev/zero")
	assert.ErrorContains(t, err, `"/dev/zero" has more than 67108864 bytes`)
}
