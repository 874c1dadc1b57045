package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// download is one file on its way.
type download struct {
	*fetcher
	want publishedFile
	path string // where it will stand
	part string // what has arrived
}

// localError is a failure of this machine, which no other server would mend.
type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }

// errResumed says that what could not be used was put together from two answers, of which the second may be of another
// file than the first.
var errResumed = errors.New("what was resumed does not fit")

// from gets the file from one address. What an earlier attempt left is continued; if the whole then is not the file,
// it is downloaded once more from the start.
func (d *download) from(ctx context.Context, address string) error {
	err := d.attempt(ctx, address)
	if errors.Is(err, errResumed) {
		err = d.attempt(ctx, address)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", host(address), err)
	}
	return nil
}

// attempt asks for what is missing and keeps the file if it is then complete. It removes the part that cannot become
// the file.
func (d *download) attempt(ctx context.Context, address string) error {
	part, err := os.OpenFile(d.part, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return &localError{fileError(d.part, err)}
	}
	defer part.Close()
	start, err := part.Seek(0, io.SeekEnd)
	if err != nil {
		return &localError{fileError(d.part, err)}
	}
	resumed, err := d.receive(ctx, address, part, start)
	if err == nil {
		err = d.keep(part)
	}
	if size, _ := part.Seek(0, io.SeekEnd); err == nil || errors.Is(err, errWrong) || size == 0 {
		part.Close() // some systems remove no open file
		_ = os.Remove(d.part)
	}
	if resumed && errors.Is(err, errWrong) {
		return fmt.Errorf("%w: %w", errResumed, err)
	}
	return err
}

// receive adds to the part what is missing of it. resumed tells that the part was not empty before, and still counts.
func (d *download) receive(ctx context.Context, address string, part *os.File, start int64) (resumed bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, withoutAddress(err)
	}
	if start > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", start))
	}
	answer, err := d.client.Do(request)
	if err != nil {
		return false, withoutAddress(err)
	}
	defer answer.Body.Close()
	total := max(answer.ContentLength, 0)
	switch answer.StatusCode {
	case http.StatusOK:
		if err := part.Truncate(0); err != nil {
			return false, &localError{fileError(d.part, err)}
		}
		start = 0
	case http.StatusPartialContent:
		if total, err = continues(answer.Header.Get("Content-Range"), start); err != nil {
			return true, err
		}
	case http.StatusRequestedRangeNotSatisfiable:
		return true, nil // the part has all that the server has: the check tells whether it is the file
	default:
		return false, fmt.Errorf("it answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	if limit := d.want.size + moreThanPlain; total > limit {
		return start > 0, fmt.Errorf("%w: %d bytes, where at most %d are expected", errWrong, total, limit)
	}
	return start > 0, d.copy(ctx, cancel, part, answer.Body, start, total)
}

// continues returns the length of the whole file, or 0, from the header of a partial answer: "bytes 100-199/200".
func continues(header string, start int64) (total int64, err error) {
	var from, to int64
	if n, _ := fmt.Sscanf(header, "bytes %d-%d/%d", &from, &to, &total); n < 2 || from != start || to < from || total < 0 {
		return 0, fmt.Errorf("%w: asked to go on at byte %d, it sends the range %s", errWrong, start, quote(header))
	}
	return total, nil
}

// errStalled says that a server has gone silent.
var errStalled = errors.New("it sends nothing any more")

// copy appends the body to the part.
func (d *download) copy(ctx context.Context, cancel context.CancelCauseFunc, part *os.File, body io.Reader, start, total int64) error {
	watch := time.AfterFunc(d.stall, func() { cancel(errStalled) })
	defer watch.Stop()
	buffer := make([]byte, readAhead)
	for done, limit := start, d.want.size+moreThanPlain; ; {
		d.progress(Progress{d.want.name, done, total})
		n, err := body.Read(buffer)
		if _, err := part.WriteAt(buffer[:n], done); err != nil {
			return &localError{fileError(d.part, err)}
		}
		done += int64(n)
		switch {
		case done > limit:
			return fmt.Errorf("%w: more than %d bytes", errWrong, limit)
		case err == io.EOF:
			d.progress(Progress{d.want.name, done, done})
			return nil
		case err != nil && ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return errors.New("the connection breaks off")
		case err != nil:
			return withoutAddress(err)
		}
		watch.Reset(d.stall)
	}
}

// keep checks the part and gives the file its name. What is checked is what is written, whoever else has the part.
func (d *download) keep(part *os.File) error {
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return &localError{fileError(d.part, err)}
	}
	var checked error
	err := atomicfile.Write(d.path, func(w io.Writer) error {
		checked = d.want.check(part, w)
		return checked
	})
	switch {
	case errors.Is(checked, errWrong):
		return checked
	case err != nil:
		return &localError{err}
	}
	return nil
}

// errWrong says that what arrived is not the published file.
var errWrong = errors.New("not the published file")

// check reads a file and returns errWrong, with the reason, unless its content without the compression is the published
// one. It copies the file, as it is, to w.
func (p publishedFile) check(file io.Reader, w io.Writer) error {
	content, err := decompressed(io.TeeReader(file, w))
	sum := sha256.New()
	if err == nil {
		_, err = io.Copy(sum, io.LimitReader(content, p.size+1)) // one more, to see the end
	}
	err = gzipError(err)
	switch got := hex.EncodeToString(sum.Sum(nil)); {
	case errors.Is(err, errCutOff), errors.Is(err, errDamaged):
		return fmt.Errorf("%w: %w", errWrong, err)
	case err == nil && got != p.sha256:
		return fmt.Errorf("%w: the SHA-256 of its content is %s, not %s", errWrong, got, p.sha256)
	}
	return err
}

// withoutAddress takes an error of package net/http out of what it wraps around it: the address, which is long.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
