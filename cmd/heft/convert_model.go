package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/internal/shell"
)

// madeFor says who reads a form.
var madeFor = map[language.Form]string{language.HuggingFace: "for transformers", language.Run: "for heft", language.GGUF: "for llama.cpp"}

// writeModel converts a GPT-2 or a Llama with all that belongs to it. That IN is none is a [language.OtherError], and nothing has
// been written.
func (c *conversion) writeModel(cmd *cobra.Command) error {
	m, err := language.Open(c.in)
	if err != nil {
		return withoutWeights(c.in, err)
	}
	defer m.Close()
	if c.form == language.GGUF {
		if err := vacant(c.out, c.force || c.limit > 0); err != nil {
			return err
		}
		source, err := openWeights(c.in)
		if err != nil {
			return err
		}
		err = notOneOf(source, c.out)
		_ = source.Close() // nothing was written
		if err != nil {
			return err
		}
	}
	stop := converting(cmd, c.quiet, &c.o)
	r, err := m.Write(cmd.Context(), c.out, c.form, language.Options{
		DType: c.o.DType, As: c.o.As, Overflow: c.o.Overflow, Replace: c.force, Limit: c.limit, Progress: c.o.Progress, Close: m,
	})
	stop()
	if err != nil {
		return interrupted(refused(err), unchanged)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), modelSummary(m, c.form, r))
	return err
}

// inOtherForm returns what to do with a GPT-2 or a Llama that is in no form that is run, and nil with all else.
func inOtherForm(path string) error {
	m, err := language.Open(path)
	if err != nil {
		return nil
	}
	defer m.Close()
	if m.Form == language.Run {
		return nil
	}
	return fmt.Errorf("%q is a %s %s: 'heft convert %s RUN --to run' makes of it what this command reads", path, m.Architecture(), madeFor[m.Form], shell.Path(path))
}
