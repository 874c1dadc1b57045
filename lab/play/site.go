package play

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

//go:embed page
var pageFiles embed.FS

// Site is the page with its engine: a closed set of files in memory.
type Site struct{ files map[string]file }

// file is one of them, ready to be sent.
type file struct {
	content, packed []byte // packed by gzip; nil where that gains nothing
	kind, tag       string
}

// kinds are the media types by the ends of names. The system's own table differs from machine to machine.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".gz":   "application/gzip", // the page unpacks it, so that any server will do
}

// NewSite joins the page and an engine.
func NewSite(e *Engine) (*Site, error) {
	s := &Site{map[string]file{}}
	contents := map[string][]byte{EngineFile: e.Module, runnerFile: e.Runner}
	entries, err := pageFiles.ReadDir("page")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if contents[entry.Name()], err = fs.ReadFile(pageFiles, "page/"+entry.Name()); err != nil {
			return nil, err
		}
	}
	for name, content := range contents {
		sum := sha256.Sum256(content)
		f := file{content: content, kind: kinds[path.Ext(name)], tag: strconv.Quote(hex.EncodeToString(sum[:8]))}
		if f.kind == "" {
			return nil, fmt.Errorf("file %q of the page has no media type", name)
		}
		if path.Ext(name) != ".gz" {
			if f.packed, err = compressed(content); err != nil {
				return nil, err
			}
		}
		s.files[name] = f
	}
	return s, nil
}

// policy allows the page its own files, and WebAssembly. Nothing leaves the machine, and nothing comes from elsewhere.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
	"style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP hands out the files by their exact names. It answers requests to addresses of this machine alone, so that no
// foreign name that resolves to it can be used to reach it.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if !isLoopback(r.Host) {
		http.Error(w, "this page is for this machine alone", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "the page is only read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	f, ok := s.files[name]
	if !ok {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content := f.content
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content = f.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(content) // who asked may be gone
	}
}

// isLoopback tells whether the host of a request is this machine, seen from itself.
func isLoopback(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	if name == "localhost" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
