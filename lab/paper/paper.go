package paper

import (
	"context"
	"fmt"
)

// Paper is a claim that somebody published, as an experiment.
type Paper struct {
	Name   string `json:"name"`   // a word for the command: glorot-activations
	Year   int    `json:"year"`   // of the paper: the order of lists
	Title  string `json:"title"`  // a few words
	Claim  string `json:"claim"`  // what the paper says, in a sentence or two
	Source string `json:"source"` // authors, year, where in the paper, arXiv number
	Setup  string `json:"setup"`  // what is run here
	Rule   string `json:"rule"`   // when the claim holds
	Note   string `json:"note"`   // what a reader should know of the outcome: "" if nothing

	// Run makes the experiment.
	Run func(ctx context.Context, c Config) (Outcome, error) `json:"-"`
}

// Config says how an experiment is run. What it finds depends on Seeds alone.
type Config struct {
	Seeds    int                   // how many: 1 to Seeds
	Jobs     int                   // networks at once; 0 means one for each processor
	Progress func(done, total int) // told how many networks are done, one call at a time; nil tells nobody
}

// Bounds of Config.Seeds: an interval needs two.
const (
	DefaultSeeds = 5
	minSeeds     = 2
	maxSeeds     = 1000
)

// Check returns an error if the seeds cannot be so many.
func (c Config) Check() error {
	if c.Seeds < minSeeds || c.Seeds > maxSeeds {
		return fmt.Errorf("seeds is %d, but must be from %d to %d", c.Seeds, minSeeds, maxSeeds)
	}
	return nil
}

// Outcome is what an experiment measured.
type Outcome struct {
	Rows    []Row
	Picture *Picture // nil if there is none
}

// Holds tells whether every row is within its limits. Without a single limit nothing holds.
func (o Outcome) Holds() bool {
	limited := false
	for _, r := range o.Rows {
		limited = limited || r.Limits != nil
		if !r.Holds() {
			return false
		}
	}
	return limited
}

// Result is an outcome with what it is of.
type Result struct {
	Paper Paper
	Seeds int
	Outcome
}

// Reproduce runs the experiment. The errors are those of [Config.Check], of data that cannot be opened, and ctx's.
func (p Paper) Reproduce(ctx context.Context, c Config) (*Result, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	o, err := p.Run(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	return &Result{Paper: p, Seeds: c.Seeds, Outcome: o}, nil
}
