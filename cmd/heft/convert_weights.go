package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/serialize"
)

// writeWeights converts the weights of IN and nothing beside them. none is why IN was no model of text: see aside.
func (c *conversion) writeWeights(cmd *cobra.Command, none *language.OtherError) error {
	if err := vacant(c.out, c.force || c.limit > 0); err != nil { // of many files convert.Split knows which names they get
		return err
	}
	if c.names != "" {
		rules, err := readText(cmd.Context(), c.names)
		if err != nil {
			return interrupted(err, unchanged)
		}
		if c.o.Names, err = convert.ParseNames(rules); err != nil {
			return fmt.Errorf("%q: %w", c.names, err)
		}
	}
	source, err := openWeights(c.in)
	if err != nil {
		return err
	}
	defer source.Close()
	c.o.Choose = func(infos []dtype.Info) ([]dtype.Info, error) { return inspect.Choose(infos, c.only) }
	c.o.Close = source
	if err := notOneOf(source, c.out); err != nil {
		return err
	}
	note := c.aside(source, none)
	stop := converting(cmd, c.quiet, &c.o)
	r, err := convert.Split(cmd.Context(), source, c.out, c.limit, c.o)
	stop()
	if err != nil {
		return interrupted(refused(err), unchanged)
	}
	if note != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), "note: "+note)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), summaryOfMany(c.o.Format, r))
	return err
}

// aside says of a GGUF file with nothing but weights why llama.cpp does not run it; nothing where nobody would expect that. none is why
// IN was no model of text, and nil where it was not taken for one.
func (c *conversion) aside(source *inspect.Source, none *language.OtherError) string {
	switch {
	case c.o.Format != serialize.GGUF || source.Format() == serialize.GGUF:
		return ""
	case none == nil:
		return c.hint()
	case none.Trained: // llama.cpp has nothing to do with it
		return ""
	}
	return fmt.Sprintf("weights alone, under the names that they have, without configuration or tokenizer: %s; llama.cpp runs what --to gguf makes of a GPT-2 or a Llama", none.Reason)
}

// hint says what llama.cpp runs, where IN or the folder around it is a GPT-2 or a Llama.
func (c *conversion) hint() string {
	path := c.in
	if info, err := os.Stat(c.in); err == nil && !info.IsDir() {
		if whole, err := inspect.Open(filepath.Dir(c.in)); err == nil {
			if filepath.Base(whole.Path) == filepath.Base(c.in) { // its weights, and not others beside them
				path = filepath.Dir(c.in)
			}
			_ = whole.Close() // nothing was written
		}
	}
	m, err := language.Open(path)
	if err != nil {
		return ""
	}
	_ = m.Close() // nothing was written
	again := ""
	if _, err := os.Stat(c.out); err == nil || c.limit == 0 {
		again = " --force" // for OUT is there, or will be
	}
	return fmt.Sprintf("weights alone, whose names llama.cpp does not know: 'heft convert %s %s --to gguf%s' writes the %s that it runs",
		shell.Path(path), shell.Path(c.out), again, m.Architecture())
}
