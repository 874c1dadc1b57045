package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/bar"
)

// shardSize reads what a flag --shard-size says.
func shardSize(text string) (int64, error) {
	if text == "" {
		return 0, errors.New("say how large a file may become: --shard-size 500MB")
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n < 1 || int64(n) < 1 {
		return 0, fmt.Errorf("--shard-size is %.40q: a number of bytes is expected, as 500MB or 2GiB", text)
	}
	return int64(n), nil
}

// notOneOf refuses to replace one of many files by all of them: the others would be left without it.
func notOneOf(source *inspect.Source, out string) error {
	there, err := os.Stat(out)
	if err != nil || !source.Many() {
		return nil
	}
	files := source.Files()
	for _, file := range append(files, source.Path) {
		if info, err := os.Stat(file); err == nil && os.SameFile(info, there) {
			return fmt.Errorf("%q is one of the %d files that are read: name another file", out, len(files))
		}
	}
	return nil
}

// converting draws a bar for what convert does with these options, until stop is called.
func converting(cmd *cobra.Command, quiet bool, o *convert.Options) (stop func()) {
	progress := cmd.ErrOrStderr()
	if quiet || !isTerminal(progress) {
		progress = io.Discard
	}
	b := bar.New(progress, bar.Settings{Total: -1, Bytes: true, Columns: widthOf(progress)})
	o.Progress = b.Set
	return b.Stop
}
