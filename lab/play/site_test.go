package play_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab/play"
)

// engine stands in for what takes seconds to compile: a site sends its bytes on, whatever they are.
func engine() *play.Engine { return &play.Engine{Module: []byte("module"), Runner: []byte("runner")} }

func site(t *testing.T) *play.Site {
	t.Helper()
	s, err := play.NewSite(engine())
	require.NoError(t, err)
	return s
}

func get(s http.Handler, path string, change func(r *http.Request)) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)
	r.URL.Path = path
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func TestFilesHaveTheirMediaTypes(t *testing.T) {
	t.Parallel()
	s := site(t)
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/main.js": "text/javascript; charset=utf-8",
		"/style.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml", "/wasm_exec.js": "text/javascript; charset=utf-8",
		"/engine.wasm.gz": "application/gzip",
	} {
		r := get(s, path, nil)
		assert.Equal(t, http.StatusOK, r.StatusCode, path)
		assert.Equal(t, kind, r.Header.Get("Content-Type"), path)
		assert.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
		policy := r.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'")
		assert.Contains(t, policy, "frame-ancestors 'none'")
		assert.NotContains(t, policy, "unsafe-inline")
	}
}

func TestOnlyThePagesOwnFilesAreThere(t *testing.T) {
	t.Parallel()
	s := site(t)
	for _, path := range []string{
		"/../go.mod", "/..%2fgo.mod", "/page/index.html", "//etc/passwd", "/index.html/", "/.", "/main.js/../../build.go", "/build.go", `\..\site.go`, "/\x00",
	} {
		assert.Equal(t, http.StatusNotFound, get(s, path, nil).StatusCode, path)
	}
}

func TestOtherHostsAndMethodsAreRefused(t *testing.T) {
	t.Parallel()
	s := site(t)
	for host, status := range map[string]int{
		"127.0.0.1:80": 200, "localhost:1234": 200, "[::1]:80": 200, "evil.example": 403, "127.0.0.1.evil.example:80": 403, "192.168.0.1": 403, "": 403,
	} {
		assert.Equal(t, status, get(s, "/", func(r *http.Request) { r.Host = host }).StatusCode, host)
	}
	assert.Equal(t, http.StatusMethodNotAllowed, get(s, "/", func(r *http.Request) { r.Method = http.MethodPost }).StatusCode)
}

func TestTextIsSentCompressedAndNotSentTwice(t *testing.T) {
	t.Parallel()
	s := site(t)
	plain := get(s, "/main.js", nil)
	want, err := io.ReadAll(plain.Body)
	require.NoError(t, err)
	packed := get(s, "/main.js", func(r *http.Request) { r.Header.Set("Accept-Encoding", "br, gzip") })
	assert.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	body, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))

	module := get(s, "/engine.wasm.gz", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	assert.Empty(t, module.Header.Get("Content-Encoding"), "the page unpacks the engine itself")
	again := get(s, "/main.js", func(r *http.Request) { r.Header.Set("If-None-Match", plain.Header.Get("ETag")) })
	assert.Equal(t, http.StatusNotModified, again.StatusCode)
}

func TestASavedSiteIsComplete(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "public")
	require.NoError(t, site(t).Save(dir))
	index, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	named := regexp.MustCompile(`(?:from|import|href=|src=|Worker\(|fetch\()\s*"(?:\./)?([\w.]+)"`)
	seen := 0
	check := func(text []byte) {
		for _, m := range named.FindAllSubmatch(text, -1) {
			seen++
			assert.FileExists(t, filepath.Join(dir, string(m[1])))
		}
	}
	check(index)
	scripts, err := filepath.Glob(filepath.Join(dir, "*.js"))
	require.NoError(t, err)
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		check(text)
		elsewhere := bytes.ReplaceAll(text, []byte("http://www.w3.org/2000/svg"), nil) // a name, not an address
		assert.NotContains(t, string(elsewhere), "://", path)
	}
	assert.Greater(t, seen, 15)
	assert.NotContains(t, string(index), "://")
}

func TestServingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "js" {
		t.Skip("js/wasm listens on no port")
	}
	ctx, cancel := context.WithCancel(t.Context())
	addresses := make(chan string, 1)
	ended := make(chan error, 1)
	go func() { ended <- site(t).Serve(ctx, 0, func(a string) { addresses <- a }) }()
	var address string
	select {
	case address = <-addresses:
	case <-time.After(time.Minute):
		t.Fatal("the server does not start")
	}
	assert.True(t, strings.HasPrefix(address, "http://127.0.0.1:"), address)
	r, err := http.Get(address + "main.js")
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.NoError(t, r.Body.Close())
	assert.Equal(t, http.StatusOK, r.StatusCode)
	assert.True(t, bytes.Contains(body, []byte("import")))
	cancel()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the server does not end")
	}
}
