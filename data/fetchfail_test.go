package data

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServersThatFailAreNamedWithTheReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve func(w http.ResponseWriter, r *http.Request, file []byte)
		want  string
	}{
		"not found":    {func(w http.ResponseWriter, r *http.Request, _ []byte) { http.NotFound(w, r) }, "it answers 404 Not Found"},
		"failing":      {func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(503) }, "it answers 503 Service Unavailable"},
		"of no status": {func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.WriteHeader(799) }, "it answers 799 "},
		"redirecting for ever": {func(w http.ResponseWriter, r *http.Request, _ []byte) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		},
			"more than 5 redirects"},
		"redirecting to HTTP": {func(w http.ResponseWriter, r *http.Request, _ []byte) {
			http.Redirect(w, r, "http://"+r.Host+r.URL.Path, http.StatusFound)
		}, "a redirect away from HTTPS"},
		"announcing too much": {func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Content-Length", "1000000000000")
		},
			"not the published file: 1000000000000 bytes, where at most 365552 are expected"},
		"sending without end": {func(w http.ResponseWriter, r *http.Request, _ []byte) {
			for r.Context().Err() == nil {
				w.Write(make([]byte, 1<<12))
			}
		}, "not the published file: more than 365552 bytes"},
		"sending a page": {func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.Write([]byte("<html>")) },
			"not the published file: the SHA-256 of its content is " + sha("<html>") + ", not SUM"},
		"sending another file": {func(w http.ResponseWriter, _ *http.Request, _ []byte) { w.Write(gzipped([]byte("other"))) },
			"not the published file: the SHA-256 of its content is " + sha("other") + ", not SUM"},
		"sending nothing": {func(http.ResponseWriter, *http.Request, []byte) {},
			"not the published file: the SHA-256 of its content is " + sha("") + ", not SUM"},
		"ending early, as if all were well": {func(w http.ResponseWriter, _ *http.Request, file []byte) { w.Write(file[:len(file)/2]) },
			"not the published file: the file is cut off: a download that was interrupted?"},
		"sending damaged bytes": {func(w http.ResponseWriter, _ *http.Request, file []byte) {
			damaged := bytes.Clone(file)
			damaged[len(damaged)-5] ^= 1
			w.Write(damaged)
		}, "not the published file: the file is damaged (gzip: invalid checksum): download it again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMirror(t, c.serve)
			dir := t.TempDir()
			err := m.fetch(t.Context(), dir)
			m.requireError(t, err, cannot+"HOST: "+strings.ReplaceAll(c.want, "SUM", m.set.files[trainImages].sha256))
			_, kept := partOf(t, dir)
			assert.False(t, kept, "nothing is kept of what cannot become the file")
		})
	}
}

func TestWhatArrivedBeforeTheConnectionBrokeIsKept(t *testing.T) {
	t.Parallel()
	m := newMirror(t, func(w http.ResponseWriter, _ *http.Request, file []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		w.Write(file[:100_000])
	})
	dir := t.TempDir()
	m.requireError(t, m.fetch(t.Context(), dir), cannot+"HOST: the connection breaks off")
	part, kept := partOf(t, dir)
	require.True(t, kept)
	assert.True(t, bytes.Equal(m.first()[:100_000], part))
}

func TestSecondServerGoesOnWhereTheFirstFellSilent(t *testing.T) {
	t.Parallel()
	silent := newMirror(t, func(w http.ResponseWriter, r *http.Request, file []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		w.Write(file[:len(file)/3])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	broken := newMirror(t, func(w http.ResponseWriter, r *http.Request, _ []byte) { http.NotFound(w, r) })
	good := newMirror(t, whole)
	good.set.mirrors = []string{silent.URL + "/", broken.URL + "/", good.URL + "/"}
	dir := t.TempDir()
	require.NoError(t, good.fetch(t.Context(), dir, func(f *fetcher) { f.stall = time.Second }))
	good.requireFetched(t, dir)
	assert.Equal(t, []string{fmt.Sprintf("bytes=%d-", len(good.first())/3)}, good.ranges())
}

func TestErrorTellsOfAllServers(t *testing.T) {
	t.Parallel()
	silent := newMirror(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
		w.Header().Set("Content-Length", "100")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	gone := newMirror(t, whole)
	gone.Close()
	host := func(m *mirror) string { return strings.TrimPrefix(m.URL, "https://") }
	silent.set.mirrors = append(silent.set.mirrors, gone.set.mirrors...)
	silent.set.mirrors = append(silent.set.mirrors, "https://\x7f/")
	err := silent.fetch(t.Context(), t.TempDir(), func(f *fetcher) { f.stall = 50 * time.Millisecond })
	require.ErrorContains(t, err, "toy: "+cannot+host(silent)+": it sends nothing any more; "+host(gone)+": dial tcp")
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), "\x7f")
}

func TestFetchEndsWhenItIsCancelledBeforeAnAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := newMirror(t, func(_ http.ResponseWriter, r *http.Request, _ []byte) {
		cancel()
		<-r.Context().Done()
	})
	err := m.fetch(ctx, t.TempDir())
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, m.ranges(), 1)

	err = m.fetch(ctx, t.TempDir())
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, m.ranges(), 1, "no request after the end")
}

func TestFaultsOfThisMachineAreNotTheServers(t *testing.T) {
	t.Parallel()
	m := newMirror(t, whole)
	m.set.mirrors = append(m.set.mirrors, m.set.mirrors...)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	require.ErrorContains(t, m.fetch(t.Context(), file), file+": ")

	dir := t.TempDir()
	part := filepath.Join(dir, ".train-images-idx3-ubyte.gz.part")
	require.NoError(t, os.Mkdir(part, 0o777))
	require.ErrorContains(t, m.fetch(t.Context(), dir), "toy: "+part+": ")
	assert.Empty(t, m.ranges())

	dir = t.TempDir()
	final := filepath.Join(dir, "train-images-idx3-ubyte.gz")
	require.NoError(t, os.Mkdir(final, 0o777))
	m.requireError(t, m.fetch(t.Context(), dir), fmt.Sprintf("write %q: inspect: it is a directory", final))
	assert.Len(t, m.ranges(), 1, "no other server is asked")
	_, err := os.Stat(filepath.Join(dir, ".train-images-idx3-ubyte.gz.part"))
	assert.NoError(t, err, "what arrived is kept")
}
