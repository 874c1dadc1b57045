package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/bar"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/internal/table"
)

func newData() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List the data sets with a name, and download those that are not part of Heft",
		Example: `  heft data list
  heft data fetch mnist
  heft train mnist`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(newDataList(), newDataFetch())
	return cmd
}

func newDataList() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the data sets with a name",
		RunE: func(cmd *cobra.Command, _ []string) error {
			infos, err := data.List(dataOptions(dir)...)
			if err != nil {
				return err
			}
			columns := math.MaxInt // a file takes lines of any length
			if isTerminal(cmd.OutOrStdout()) {
				columns = widthOf(cmd.OutOrStdout())
			}
			return writeInfos(cmd.OutOrStdout(), columns, infos)
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", "folder to look for downloaded sets in")
	return cmd
}

// writeInfos prints what sets are like, and where they are, in lines no longer than so many columns if that can be.
func writeInfos(w io.Writer, columns int, infos []data.Info) error {
	column := func(title string, expend int, cell func(data.Info) string) table.Column {
		c := table.Column{Title: title, Expend: expend}
		for _, i := range infos {
			c.Cells = append(c.Cells, table.Safe(cell(i)))
		}
		return c
	}
	return table.Write(w, columns,
		column("name", 0, func(i data.Info) string { return i.Name }),
		column("train", 0, func(i data.Info) string { return strconv.Itoa(i.Train) }),
		column("test", 0, func(i data.Info) string { return strconv.Itoa(i.Test) }),
		column("features", 1, func(i data.Info) string { return strconv.Itoa(i.Features) }),
		column("classes", 1, func(i data.Info) string { return strconv.Itoa(i.Classes) }),
		column("licence", 2, func(i data.Info) string { return cmp.Or(i.License, "none") }),
		column("where", 0, func(i data.Info) string {
			switch {
			case i.Folder != "":
				return i.Folder
			case i.Download:
				return "heft data fetch " + i.Name
			}
			return "in heft"
		}),
	)
}

func newDataFetch() *cobra.Command {
	var to string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "fetch " + strings.Join(data.Downloads(), "|"),
		Short: "Download a data set",
		Long: `Download a data set once, for 'heft train' to find. What arrives is checked against the SHA-256 of the published
files. A download that was interrupted goes on where it stopped when the command is run again.`,
		Example: `  heft data fetch mnist
  heft data fetch fashion-mnist --to /data/fashion-mnist`,
		ValidArgs: data.Downloads(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(data.Downloads(), args[0]) {
				return &usageError{cmd.CommandPath(), fmt.Errorf("no data set %q can be downloaded%s: use one of %s", args[0], suggest.For(args[0], data.Downloads()), strings.Join(data.Downloads(), ", "))}
			}
			return fetch(cmd, args[0], to, quiet)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "folder to leave the files in (default: heft's part of the user's cache)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	return cmd
}

// fetch downloads a set and prints the folder in which it is.
func fetch(cmd *cobra.Command, name, to string, quiet bool) (err error) {
	if to == "" {
		if to, err = data.CacheDir(name); err != nil {
			return err
		}
	}
	p := fetchProgress(cmd.ErrOrStderr(), quiet)
	err = data.Fetch(cmd.Context(), name, data.To(to), data.OnProgress(p.show))
	p.stop()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), to)
	return err
}

// fetching is told how a download goes on.
type fetching interface {
	show(data.Progress)
	stop()
}

func fetchProgress(w io.Writer, quiet bool) fetching {
	switch {
	case quiet:
		return &fetchLines{w: io.Discard}
	case isTerminal(w):
		return &fetchBar{w: w, columns: widthOf(w)}
	}
	return &fetchLines{w: w}
}

// fetchLines writes a line a file: for pipes and logs.
type fetchLines struct {
	w    io.Writer
	file string
}

func (l *fetchLines) show(p data.Progress) {
	if p.File == l.file {
		return
	}
	l.file = p.File
	switch {
	case p.Total > 0 && p.Done == p.Total:
		fmt.Fprintf(l.w, "%s is there\n", p.File)
	case p.Total > 0:
		fmt.Fprintf(l.w, "%s, %.1f MB\n", p.File, float64(p.Total)/1e6)
	default:
		fmt.Fprintln(l.w, p.File)
	}
}

func (l *fetchLines) stop() {}

// fetchBar draws a bar for each file on a terminal, of what is still to come: rates and times are then right for files
// that are continued as well.
type fetchBar struct {
	w       io.Writer
	columns int
	bar     *bar.Bar
	file    string
	start   int64
}

func (b *fetchBar) show(p data.Progress) {
	if p.File != b.file || p.Done < b.start { // less than before is a start from the beginning
		b.stop()
		b.file, b.start = p.File, p.Done
		b.bar = bar.New(b.w, bar.Settings{Total: -1, Bytes: true, Columns: b.columns, Text: p.File, Widest: len(p.File)})
	}
	b.bar.Set(p.Done-b.start, p.Total-b.start)
}

func (b *fetchBar) stop() {
	if b.bar != nil {
		b.bar.Stop()
	}
}
