package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/internal/suggest"
)

// checkArguments has c and all commands below it refuse arguments that they do not take, as mistakes of usage: a command that
// checks none itself takes those of its line of use.
func checkArguments(c *cobra.Command) {
	check := c.Args
	switch {
	case c.HasSubCommands():
		check = noCommand
	case check == nil:
		check = asUseSays
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return &usageError{c.CommandPath(), err}
		}
		return nil
	}
	for _, sub := range c.Commands() {
		checkArguments(sub)
	}
}

// noCommand refuses an argument where only the name of a command can stand.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return fmt.Errorf("unknown command %q for %q%s", args[0], c.CommandPath(), suggest.For(args[0], names))
}

// asUseSays refuses more or fewer arguments than the line of use has words: of "convert IN OUT" two, of "inspect FILE [PATTERN...]"
// one or more.
func asUseSays(c *cobra.Command, args []string) error {
	words := strings.Fields(c.Use)[1:]
	var needed []string
	endless := false
	for _, word := range words {
		if !strings.HasPrefix(word, "[") {
			needed = append(needed, strings.TrimSuffix(word, "..."))
		}
		endless = endless || strings.Contains(word, "...")
	}
	name := strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
	switch {
	case len(args) == 0 && len(needed) > 0:
		return fmt.Errorf("%s needs %s", name, strings.Join(needed, " and "))
	case len(args) < len(needed):
		return fmt.Errorf("%s needs %s: %s is missing", name, strings.Join(needed, " and "), strings.Join(needed[len(args):], " and "))
	case len(args) > len(words) && !endless:
		takes := "nothing but flags"
		if len(words) > 0 {
			takes = strings.Join(words, " and ")
		}
		return fmt.Errorf("%s takes %s: %.100q is one too many", name, takes, args[len(words)])
	}
	return nil
}
