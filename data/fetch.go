package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Progress tells how far the download of a file is.
type Progress struct {
	File  string // the file's name
	Done  int64  // bytes there, those of an earlier attempt included
	Total int64  // bytes in all; 0 if the server does not tell
}

// FetchOption is an option of [Fetch].
type FetchOption func(*fetcher)

// To keeps the files in another folder than [CacheDir].
func To(dir string) FetchOption { return func(f *fetcher) { f.dir = dir } }

// OnProgress has f called as a download goes on, at the start and the end of every file as well. A file that is there
// already is done at once.
func OnProgress(f func(Progress)) FetchOption { return func(d *fetcher) { d.progress = f } }

// fetcher downloads the files of a set.
type fetcher struct {
	set      *published
	dir      string
	progress func(Progress)
	client   *http.Client
	stall    time.Duration // without a byte for so long, a server is given up
}

// Limits of a download.
const (
	answerTimeout = 30 * time.Second // for a connection, and for the first byte of an answer
	stallTimeout  = 30 * time.Second
	mostRedirects = 5
	moreThanPlain = 1 << 16 // bytes that a compressed file may have more than its content
)

// Fetch downloads a set of [Downloads] over HTTPS, for [Load] to find: its four files, compressed, into [CacheDir] or
// the folder of option [To]. It may be called again at any time: files that are there are checked and stay, and a file
// that was interrupted goes on where it stopped, from what is kept as .NAME.part.
//
// What arrives is checked against the SHA-256 of the published files before it gets its name, so no server and no
// interruption can leave a wrong file under it. A server that fails, says nothing for 30 seconds or sends something
// else is followed by the next one; the error tells of all of them, by host. A file of the same name that is not the
// published one is not replaced: that is an error.
func Fetch(ctx context.Context, name string, opts ...FetchOption) error {
	set, err := findPublished(name)
	if err != nil {
		return err
	}
	f := &fetcher{set: set, progress: func(Progress) {}, client: newClient(), stall: stallTimeout}
	for _, opt := range opts {
		opt(f)
	}
	if f.dir == "" {
		if f.dir, err = CacheDir(name); err != nil {
			return err
		}
	}
	defer f.client.CloseIdleConnections()
	return f.fetch(ctx)
}

// newClient returns a client that follows few redirects, to HTTPS only, and waits no longer than it must. It does not
// decompress, so that a part of a file is a part of what is kept. Proxies are those of the environment.
func newClient() *http.Client {
	return &http.Client{CheckRedirect: followRedirect, Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: answerTimeout}).DialContext,
		TLSHandshakeTimeout:   answerTimeout,
		ResponseHeaderTimeout: answerTimeout,
		DisableCompression:    true,
		ForceAttemptHTTP2:     true,
	}}
}

func followRedirect(to *http.Request, via []*http.Request) error {
	if len(via) > mostRedirects {
		return fmt.Errorf("more than %d redirects", mostRedirects)
	}
	if to.URL.Scheme != "https" {
		return errors.New("a redirect away from HTTPS")
	}
	return nil
}

func (f *fetcher) fetch(ctx context.Context) error {
	if err := os.MkdirAll(f.dir, 0o777); err != nil {
		return fileError(f.dir, err)
	}
	for _, file := range f.set.files {
		if err := f.file(ctx, file); err != nil {
			return fmt.Errorf("%s: %w", f.set.name, err)
		}
	}
	return nil
}

// file gets one file, unless it is there.
func (f *fetcher) file(ctx context.Context, want publishedFile) error {
	if path := existing(f.dir, want.name); path != "" {
		return f.there(path, want)
	}
	name := want.name + ".gz"
	d := &download{fetcher: f, want: want, path: filepath.Join(f.dir, name), part: filepath.Join(f.dir, "."+name+".part")}
	var failures []error
	for _, mirror := range f.set.mirrors {
		err := d.from(ctx, mirror+name)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: interrupted (%w), what arrived is kept: fetch again to go on", want.name, context.Cause(ctx))
		}
		var local *localError
		if errors.As(err, &local) {
			return local
		}
		failures = append(failures, err)
	}
	return fmt.Errorf("%s cannot be downloaded: %w", want.name, joined(failures))
}

// there checks a file that is there already.
func (f *fetcher) there(path string, want publishedFile) error {
	file, err := loadOptions{}.open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	switch err := want.check(file, io.Discard); {
	case errors.Is(err, errWrong):
		return fmt.Errorf("%s is in the way: %w: remove it and fetch again", printable(path), err)
	case err != nil:
		return fileError(path, err)
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fileError(path, err)
	}
	f.progress(Progress{want.name, size, size})
	return nil
}

// joined makes one line of what failed.
func joined(failures []error) error {
	all := failures[0]
	for _, err := range failures[1:] {
		all = fmt.Errorf("%w; %w", all, err)
	}
	return all
}

// host returns the host of an address, for messages.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return quote(address)
	}
	return u.Host
}
