package data

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mirror is a server with the four files of a toy set on the loopback interface.
type mirror struct {
	*httptest.Server
	set    *published
	plain  [4][]byte
	packed map[string][]byte // by path

	mu       sync.Mutex
	requests []*http.Request
}

// largeToy is a toy set whose images do not compress, so that a file takes several reads.
var largeToy = sync.OnceValue(func() *mirror {
	m := &mirror{packed: map[string][]byte{}}
	m.set, m.plain = toySet()
	noise := make([]byte, 300_000)
	rand.NewChaCha8([32]byte{}).Read(noise)
	m.plain[trainImages] = idxFile(noise, 10, 100, 300)
	m.plain[testImages] = idxFile(noise[:90_000], 3, 100, 300)
	for i, content := range m.plain {
		f := &m.set.files[i]
		f.size, f.sha256 = int64(len(content)), sha(string(content))
		m.packed["/"+f.name+".gz"] = gzipped(content)
	}
	return m
})

// newMirror starts a server. Requests go to serve, which gets the compressed file that is asked for.
func newMirror(t *testing.T, serve func(w http.ResponseWriter, r *http.Request, file []byte)) *mirror {
	t.Helper()
	toy := largeToy()
	set := *toy.set
	m := &mirror{set: &set, plain: toy.plain, packed: toy.packed}
	m.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.requests = append(m.requests, r)
		m.mu.Unlock()
		serve(w, r, m.packed[r.URL.Path])
	}))
	t.Cleanup(m.Close)
	m.Client().CheckRedirect = followRedirect
	m.set.mirrors = []string{m.URL + "/"}
	return m
}

// whole serves files as good servers do.
func whole(w http.ResponseWriter, r *http.Request, file []byte) {
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
}

// first returns the compressed file of images to train with, which is fetched first.
func (m *mirror) first() []byte { return m.packed["/train-images-idx3-ubyte.gz"] }

// ranges returns the Range headers of all requests for the first file.
func (m *mirror) ranges() (headers []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.requests {
		if r.URL.Path == "/train-images-idx3-ubyte.gz" {
			headers = append(headers, r.Header.Get("Range"))
		}
	}
	return headers
}

// fetch downloads the set from the mirror.
func (m *mirror) fetch(ctx context.Context, dir string, opts ...FetchOption) error {
	return Fetch(ctx, "mnist", append([]FetchOption{To(dir), func(f *fetcher) {
		f.set, f.client = m.set, m.Client()
	}}, opts...)...)
}

// requireFetched asserts that a folder holds the set and nothing else.
func (m *mirror) requireFetched(t *testing.T, dir string) {
	t.Helper()
	found, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, found, 4)
	for i, f := range m.set.files {
		packed, err := os.ReadFile(filepath.Join(dir, f.name+".gz"))
		require.NoError(t, err)
		a, err := ReadIDX(f.name, bytes.NewReader(packed))
		require.NoError(t, err)
		require.True(t, bytes.Equal(m.plain[i], idxFile(a.Data, a.Shape...)), f.name)
	}
	p, err := m.set.load(Spec{Validation: 0.2, Seed: 1}, loadOptions{dir: dir})
	require.NoError(t, err)
	assert.Empty(t, p.Notes)
}

// requireError asserts that an error is one line that names the set, and the server if it was the server's.
func (m *mirror) requireError(t *testing.T, err error, want string) {
	t.Helper()
	host := strings.TrimPrefix(m.URL, "https://")
	require.EqualError(t, err, "toy: "+strings.ReplaceAll(want, "HOST", host))
}

const cannot = "train-images-idx3-ubyte cannot be downloaded: "

// partOf returns what is kept of the first file, and whether anything is.
func partOf(t *testing.T, dir string) ([]byte, bool) {
	t.Helper()
	_, err := os.Lstat(filepath.Join(dir, "train-images-idx3-ubyte.gz"))
	require.True(t, os.IsNotExist(err), "an unfinished file has no name yet")
	part, err := os.ReadFile(filepath.Join(dir, ".train-images-idx3-ubyte.gz.part"))
	return part, err == nil
}

// leave puts the part of an earlier attempt into a new folder.
func leave(t *testing.T, part []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".train-images-idx3-ubyte.gz.part"), part, 0o666))
	return dir
}

func TestFetchDownloadsAndChecksAllFiles(t *testing.T) {
	t.Parallel()
	m := newMirror(t, whole)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	last := map[string]Progress{}
	require.NoError(t, m.fetch(t.Context(), dir, OnProgress(func(p Progress) {
		assert.GreaterOrEqual(t, p.Done, last[p.File].Done)
		assert.LessOrEqual(t, p.Done, p.Total)
		last[p.File] = p
	})))
	m.requireFetched(t, dir)
	assert.Len(t, last, 4)
	for _, f := range m.set.files {
		n := int64(len(m.packed["/"+f.name+".gz"]))
		assert.Equal(t, Progress{f.name, n, n}, last[f.name])
	}
	assert.Len(t, m.requests, 4)
}

func TestFilesThatAreThereAreNotDownloadedAgain(t *testing.T) {
	t.Parallel()
	m := newMirror(t, whole)
	dir := t.TempDir()
	require.NoError(t, m.fetch(t.Context(), dir))
	var seen []Progress
	require.NoError(t, m.fetch(t.Context(), dir, OnProgress(func(p Progress) { seen = append(seen, p) })))
	assert.Len(t, m.requests, 4)
	assert.Len(t, seen, 4)

	unpacked := filepath.Join(dir, "train-images.idx3-ubyte")
	require.NoError(t, os.WriteFile(unpacked, m.plain[trainImages], 0o666))
	require.NoError(t, os.Remove(filepath.Join(dir, "train-images-idx3-ubyte.gz")))
	require.NoError(t, m.fetch(t.Context(), dir))
	assert.Len(t, m.requests, 4)

	require.NoError(t, os.Remove(unpacked))
	require.NoError(t, m.fetch(t.Context(), dir))
	m.requireFetched(t, dir)
	assert.Len(t, m.requests, 5)
}

func TestFileOfAnotherContentIsNotReplaced(t *testing.T) {
	t.Parallel()
	m := newMirror(t, whole)
	dir := t.TempDir()
	path := filepath.Join(dir, "train-labels-idx1-ubyte.gz")
	mine := gzipped(idxFile([]byte{5}, 1))
	require.NoError(t, os.WriteFile(path, mine, 0o666))
	want := fmt.Sprintf("%s is in the way: not the published file: the SHA-256 of its content is %s, not %s: remove it and fetch again",
		path, sha(string(idxFile([]byte{5}, 1))), m.set.files[trainLabels].sha256)
	m.requireError(t, m.fetch(t.Context(), dir), want)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, mine, got)
}

func TestInterruptedDownloadGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	const sent = 100_000
	var stuck = true
	m := newMirror(t, func(w http.ResponseWriter, r *http.Request, file []byte) {
		if !stuck {
			whole(w, r, file)
			return
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(file)))
		w.Write(file[:sent])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	err := m.fetch(ctx, dir, OnProgress(func(p Progress) {
		if p.Done == sent {
			cancel()
		}
	}))
	require.ErrorIs(t, err, context.Canceled)
	m.requireError(t, err, "train-images-idx3-ubyte: interrupted (context canceled), what arrived is kept: fetch again to go on")
	part, kept := partOf(t, dir)
	require.True(t, kept)
	assert.True(t, bytes.Equal(m.first()[:sent], part))

	stuck = false
	var begin Progress
	require.NoError(t, m.fetch(t.Context(), dir, OnProgress(func(p Progress) {
		if begin.File == "" {
			begin = p
		}
	})))
	m.requireFetched(t, dir)
	assert.Equal(t, []string{"", fmt.Sprintf("bytes=%d-", sent)}, m.ranges())
	assert.Equal(t, Progress{"train-images-idx3-ubyte", sent, int64(len(m.first()))}, begin)
}

func TestServerThatIgnoresTheRangeStartsFromTheBeginning(t *testing.T) {
	t.Parallel()
	m := newMirror(t, func(w http.ResponseWriter, _ *http.Request, file []byte) { w.Write(file) })
	dir := leave(t, []byte(strings.Repeat("of another file", 30_000)))
	require.NoError(t, m.fetch(t.Context(), dir))
	m.requireFetched(t, dir)
	assert.Equal(t, []string{"bytes=450000-"}, m.ranges())
}

func TestPartOfAnotherFileIsDroppedAndTheFileFetchedWhole(t *testing.T) {
	t.Parallel()
	for name, part := range map[string][]byte{
		"same length and other content": bytes.Repeat([]byte{1}, 1000),
		"longer than the file":          bytes.Repeat([]byte{1}, 400_000),
		"gzip of other content":         gzipped([]byte("other content")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMirror(t, whole)
			dir := leave(t, part)
			require.NoError(t, m.fetch(t.Context(), dir))
			m.requireFetched(t, dir)
			assert.Equal(t, []string{fmt.Sprintf("bytes=%d-", len(part)), ""}, m.ranges())
		})
	}
}

func TestPartThatIsCompleteOnlyGetsItsName(t *testing.T) {
	t.Parallel()
	m := newMirror(t, whole)
	dir := leave(t, m.first())
	require.NoError(t, m.fetch(t.Context(), dir))
	m.requireFetched(t, dir)
	assert.Equal(t, []string{fmt.Sprintf("bytes=%d-", len(m.first()))}, m.ranges()) // answered 416: no more is there
}

func TestAnswerOfAnotherRangeIsNotUsed(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"bytes 0-9/300000", "bytes 1000-5/300000", "bytes", "", `bytes "1000`, "bytes 1000-1001/-7"} {
		m := newMirror(t, func(w http.ResponseWriter, r *http.Request, file []byte) {
			if r.Header.Get("Range") == "" {
				whole(w, r, file)
				return
			}
			w.Header().Set("Content-Range", header)
			w.WriteHeader(http.StatusPartialContent)
			w.Write(file[:10])
		})
		dir := leave(t, m.first()[:1000])
		require.NoError(t, m.fetch(t.Context(), dir), header)
		m.requireFetched(t, dir)
		assert.Equal(t, []string{"bytes=1000-", ""}, m.ranges())
	}
}

func TestConcurrentFetchesLeaveWholeFiles(t *testing.T) {
	t.Parallel()
	m := newMirror(t, whole)
	dir := t.TempDir()
	done := make(chan error)
	for range 4 {
		go func() { done <- m.fetch(t.Context(), dir) }()
	}
	for range 4 {
		if err := <-done; err != nil { // another's part may be in the way, but never passes for the file
			assert.ErrorContains(t, err, "cannot be downloaded")
		}
	}
	require.NoError(t, m.fetch(t.Context(), dir))
	m.requireFetched(t, dir)
}

func TestFetchKnowsTheDownloadsOnly(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, Fetch(t.Context(), "digits"), `no data set "digits" can be downloaded: use one of mnist, fashion-mnist`)
	assert.EqualError(t, Fetch(t.Context(), "\x1b"), `no data set "\x1b" can be downloaded: use one of mnist, fashion-mnist`)
}

// What is published does not change; a slip in the table would.
func TestPublishedTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, d := range publishedSets {
		assert.Len(t, d.classes, 10)
		assert.GreaterOrEqual(t, len(d.mirrors), 2)
		for _, m := range d.mirrors {
			assert.Regexp(t, `^https://[a-z0-9.-]+/.*/$`, m)
		}
		for i, f := range d.files {
			assert.Equal(t, mnist.files[i].name, f.name)
			assert.Equal(t, mnist.files[i].size, f.size)
			assert.Regexp(t, `^[0-9a-f]{64}$`, f.sha256)
			assert.False(t, seen[f.sha256])
			seen[f.sha256] = true
		}
	}
}
