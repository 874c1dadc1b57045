package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/venv"
)

// peer is a library and how it is run: a program in a folder here, in Go, or a file in the folder python.
type peer struct {
	key    string
	name   string // as tables have it; none: as it says itself
	in     string // the sections that it takes part in
	folder string
	script string
	arg    string // of either
	cores  int    // that it has; 0: as many as the section
}

// The sections, as the field in has them.
const (
	inProducts = "products"
	inSteps    = "steps"
	inNetworks = "networks"
	inGrowth   = "growth"
	inStart    = "start"
	inFiles    = "files"
	inAll      = "products steps networks growth start files"
)

// peers are all that can take part. Heft is the first: the others are compared with it.
var peers = []peer{
	{key: "heft", in: inAll, folder: "heft"},
	{key: "heft-one-core", name: "Heft, one core", in: "products steps networks growth", folder: "heft", cores: 1},
	{key: "heft-bf16", in: "products steps", folder: "heft", arg: "medium"},
	{key: "peak", in: "products steps networks growth", folder: "peak"},
	{key: "torch", in: inAll, script: "peer_torch.py"},
	{key: "torch-compiled", in: "steps networks", script: "peer_torch.py", arg: "compile"},
	{key: "jax", in: inAll, script: "peer_jax.py"},
	{key: "numpy", in: "products", script: "peer_numpy.py"},
	{key: "gomlx", in: "products steps start", folder: "gomlx"},
	{key: "spago", in: "steps start", folder: "spago"},
	{key: "gonum", in: "products steps", folder: "gonum"},
}

// keys lists the peers.
func keys() string {
	var all []string
	for _, p := range peers {
		all = append(all, p.key)
	}
	return strings.Join(all, " ")
}

// isIn tells whether it takes part in a section that has so many cores. One core alone is compared with several only.
func (p peer) isIn(section string, cores int) bool {
	return slices.Contains(strings.Fields(p.in), section) && p.cores != cores
}

//go:embed requirements.txt
var requirements []byte

// entrant is a peer that is ready to be launched, or why it is not.
type entrant struct {
	peer
	command []string
	err     error
}

// entrants makes the programs of the peers that were asked for. Those in Go are built into dir, for which this program must
// run in its module's folder.
func entrants(ctx context.Context, dir string, o options) (all []entrant) {
	python, noPython := o.python, error(nil)
	for _, p := range peers {
		if !o.peers.MatchString(p.key) {
			continue
		}
		e := entrant{peer: p}
		if p.folder != "" {
			e.command = []string{filepath.Join(dir, p.folder)}
			e.err = build(ctx, e.command[0], p.folder)
		} else {
			if python == "" && noPython == nil {
				python, noPython = venv.Python(requirements, os.Stderr)
			}
			e.command = []string{python, "-E", "-s", "-B", filepath.Join("python", p.script)}
			e.err = noPython
		}
		if p.arg != "" {
			e.command = append(e.command, p.arg)
		}
		all = append(all, e)
	}
	for _, program := range o.with {
		all = append(all, entrant{peer: peer{key: filepath.Base(program), in: inAll}, command: []string{program}})
	}
	return all
}

func build(ctx context.Context, program, folder string) error {
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./"+folder).CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./%s: %w\n%s", folder, err, out)
	}
	return nil
}
