package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/lab/play"
)

func newLabPlay() *cobra.Command {
	var port int
	var dir string
	var force bool
	cmd := &cobra.Command{
		Use:   "play",
		Short: "Open the laboratory as a page in your browser",
		Long: `Serve a page that sets two starts of one network side by side: what the signal and the gradient are from layer to layer
before training, then the losses, the boundaries and what each unit has learned while it goes on. Every setting is in the page's
address, so a link shows the same curves to anyone.

The engine is Heft itself, compiled to WebAssembly by the go command of this machine (Go 1.26 or later), and it runs in the
browser. The page is served to this machine alone. With --build, its files are written into a folder instead, which any web
server can hand out: an empty one, or one that holds an older page.`,
		Example: `  heft lab play
  heft lab play --port 8080
  heft lab play --build public`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if port < 0 || port > 65535 {
				return &usageError{cmd.CommandPath(), fmt.Errorf("--port is %d, but must be from 0 to 65535", port)}
			}
			build := cmd.Flags().Changed("build")
			switch {
			case build && cmd.Flags().Changed("port"):
				return &usageError{cmd.CommandPath(), errors.New("--port is of a page that is served, and --build serves none: leave one of them out")}
			case build && dir == "":
				return &usageError{cmd.CommandPath(), errors.New("--build names no folder")}
			case force && !build:
				return &usageError{cmd.CommandPath(), errors.New("--force is of --build: give a folder with it, or leave it out")}
			}
			if build {
				if err := checkPageFolder(dir, force); err != nil {
					return err
				}
			}
			return runLabPlay(cmd, port, dir)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.IntVar(&port, "port", 0, "of this machine, to serve the page at (default: a free one)")
	f.StringVar(&dir, "build", "", "write the page's files into this folder instead of serving them")
	f.BoolVar(&force, "force", false, "write into --build even if it holds something else")
	return cmd
}

// checkPageFolder refuses a folder in which the page would stand among other things, unless that is forced.
func checkPageFolder(dir string, force bool) error {
	if err := refuseFile(dir, "the page", "--build"); err != nil {
		return err
	}
	other, err := play.Foreign(dir)
	if err != nil || other == "" || force {
		return err
	}
	return fmt.Errorf("%s holds %q, which is no part of the page: choose another --build, or write into it with --force", dir, other)
}

func runLabPlay(cmd *cobra.Command, port int, dir string) error {
	engine, err := play.Build(cmd.Context(), func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) })
	if err != nil {
		return interrupted(err, "stopped, and no page was made")
	}
	site, err := play.NewSite(engine)
	if err != nil {
		return err
	}
	if dir != "" {
		if err := site.Save(dir); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s holds the page: serve it with any web server\n", dir)
		return err
	}
	return site.Serve(cmd.Context(), port, func(address string) {
		fmt.Fprintf(cmd.OutOrStdout(), "%s   (Ctrl+C ends it)\n", address)
	})
}
