package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// mostText bounds what is read of a file that a flag names, which may have no end.
const mostText = 64 << 20

// readText reads a text file that a flag names. It may be a pipe that nobody has written to yet: Ctrl-C ends the waiting, and the
// reading as well.
func readText(ctx context.Context, path string) ([]byte, error) {
	type content struct {
		text []byte
		err  error
	}
	done := make(chan content, 1)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			done <- content{nil, err}
			return
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, mostText+1))
		if err == nil && len(text) > mostText {
			err = fmt.Errorf("%q has more than %d bytes", path, mostText)
		}
		done <- content{text, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case c := <-done:
		return c.text, c.err
	}
}
