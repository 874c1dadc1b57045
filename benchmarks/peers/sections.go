package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

// section is a set of work loads of one sort, done on some of the cores.
type section struct {
	label string // as in peer.in
	title string
	cores int
	works []protocol.Work
	write func(io.Writer, []outcome)
}

// sections returns those that have work left after -works has chosen.
func sections(o options) (chosen []section) {
	for i, cores := range o.cores {
		all := []section{
			{inProducts, "Matrix products on " + coresText(cores), cores, products(), writeProducts},
			{inSteps, "Perceptrons on " + coresText(cores), cores, perceptrons, writeSteps},
			{inNetworks, "Networks on " + coresText(cores), cores, networks, writeSteps},
		}
		if i == 0 {
			all = append(all, section{inGrowth, "Growth on " + coresText(cores), cores, growth(), writeGrowth},
				section{inFiles, "Files", cores, files(o.fileMB << 20), writeFiles})
		}
		for _, s := range all {
			var works []protocol.Work
			for _, w := range s.works {
				if o.works.MatchString(s.title + ": " + w.Name) {
					works = append(works, w)
				}
			}
			if s.works = works; len(works) > 0 {
				chosen = append(chosen, s)
			}
		}
	}
	return chosen
}

func coresText(n int) string {
	if n == 1 {
		return "one core"
	}
	return fmt.Sprintf("%d cores", n)
}

// run measures, prints a report and, if asked to, writes it into a document. The error says which contestants did not
// compute the same.
func run(ctx context.Context, w io.Writer, o options) error {
	dir, err := os.MkdirTemp("", "heft-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	all := entrants(ctx, dir, o)
	if len(all) == 0 {
		return fmt.Errorf("-peers %q: no peer has such a key: they are %s", o.peers, keys())
	}
	if all[0].err != nil {
		return all[0].err // the others are compared with it
	}
	r := report{rounds: o.rounds, about: map[string]string{}}
	var wrong []error
	for _, s := range sections(o) {
		outcomes, err := s.compete(ctx, all, o.rounds, r.about)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wrong = append(wrong, err)
		r.sections = append(r.sections, done{s, outcomes})
	}
	if o.works.MatchString(startTitle) {
		if r.starts, err = measureStarts(ctx, all, o.rounds); err != nil {
			return err
		}
	}
	r.write(w)
	if o.doc != "" {
		wrong = append(wrong, r.writeInto(o.doc))
	}
	return errors.Join(wrong...)
}

// compete launches the entrants of the section and lets them take turns at all of it. It adds what the contestants
// say of themselves to about.
func (s section) compete(ctx context.Context, all []entrant, rounds int, about map[string]string) (outcomes []outcome, err error) {
	var contestants []contestant
	for _, e := range all {
		if !e.isIn(s.label, s.cores) {
			continue
		}
		p, err := e.launch(ctx, cmp.Or(e.cores, s.cores))
		if err != nil {
			log.Printf("%s is left out: %v", e.key, err)
			about[e.key] = "left out: " + err.Error()
			continue
		}
		defer p.close()
		if about[e.key] == "" { // with all cores: other sections differ in nothing else
			about[e.key] = p.String()
		}
		contestants = append(contestants, p)
	}
	var wrong []error
	for _, work := range s.works {
		begun := time.Now()
		o, err := compete(ctx, contestants, work, rounds)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		wrong = append(wrong, err)
		log.Printf("%s: %s: %.1f s", s.title, work.Name, time.Since(begun).Seconds())
		outcomes = append(outcomes, o)
	}
	return outcomes, errors.Join(wrong...)
}
