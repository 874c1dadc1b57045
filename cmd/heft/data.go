package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/heft-ml/heft/data"
)

func newData() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List the data sets with a name, and download those that are not part of Heft",
		Example: `  heft data list
  heft data fetch mnist
  heft train mnist`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(newDataList(), newDataFetch())
	for _, c := range cmd.Commands() {
		c.Args = asUsage(c.Args)
	}
	return cmd
}

func newDataList() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the data sets with a name",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			infos, err := data.List(dataOptions(dir)...)
			if err != nil {
				return err
			}
			return writeInfos(cmd.OutOrStdout(), infos)
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", "folder to look for downloaded sets in")
	return cmd
}

// writeInfos prints what sets are like, and where they are.
func writeInfos(w io.Writer, infos []data.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "name\ttrain\ttest\tfeatures\tclasses\tlicence\twhere")
	for _, i := range infos {
		license, where := "none", "in heft"
		if i.License != "" {
			license = i.License
		}
		switch {
		case i.Folder != "":
			where = i.Folder
		case i.Download:
			where = "heft data fetch " + i.Name
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%s\t%s\n", i.Name, i.Train, i.Test, i.Features, i.Classes, license, where)
	}
	return t.Flush()
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
		Args:      cobra.ExactArgs(1),
		ValidArgs: data.Downloads(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(data.Downloads(), args[0]) {
				return &usageError{cmd.CommandPath(), fmt.Errorf("no data set %q can be downloaded: use one of %s", args[0], strings.Join(data.Downloads(), ", "))}
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
	f, ok := w.(*os.File)
	switch {
	case quiet:
		return &fetchLines{w: io.Discard}
	case ok && term.IsTerminal(int(f.Fd())):
		return &fetchBar{w: w}
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
	w     io.Writer
	bar   *progressbar.ProgressBar
	file  string
	start int64
}

func (b *fetchBar) show(p data.Progress) {
	if p.File != b.file || p.Done < b.start { // less than before is a start from the beginning
		b.stop()
		b.file, b.start = p.File, p.Done
		b.bar = progressbar.NewOptions64(-1,
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(80*time.Millisecond),
			progressbar.OptionShowBytes(true),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetDescription(p.File),
			progressbar.OptionClearOnFinish(),
		)
	}
	if left := p.Total - b.start; left > 0 && left != b.bar.GetMax64() {
		b.bar.ChangeMax64(left)
	}
	_ = b.bar.Set64(p.Done - b.start) // a terminal that cannot be written to is no reason to stop
}

func (b *fetchBar) stop() {
	if b.bar != nil {
		_ = b.bar.Finish()
	}
}
