package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/serialize"
)

// overflows are the values of --overflow.
var overflows = map[string]dtype.Overflow{"refuse": dtype.Refuse, "inf": dtype.AllowInf, "saturate": dtype.Saturate}

// convertFlags are the flags of heft convert.
type convertFlags struct {
	format, dtype, overflow, names string
	to                             string
	only                           []string
	shards                         string
	limit                          int64 // what shards says; 0: one file
	force, quiet                   bool
}

func newConvert() *cobra.Command {
	var f convertFlags
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write a weights file in another format",
		Long: `Write a weights file in another format, with other number formats or under other names. IN is a weights file of any format,
the index of many, or the folder of a run or of a model. The ending of OUT says what it becomes:

` + formatLines() + `
A GPT-2 or a Llama can change its form as a whole: names and order of its weights, configuration, tokenizer. That is what
--to does, between a folder of Hugging Face's transformers (hf), one of Heft's (run), and a GGUF file of llama.cpp (gguf);
the folder of such a model that becomes a .gguf needs no --to. What has no counterpart there is an error that names it.

Tensors are read and written a piece at a time, so that files may be larger than memory. OUT appears when all of it has
been written, read back and compared. Integers and 8-bit floats stay as they are; blocks of GGUF stay blocks in GGUF, and
become F32 elsewhere. With a --dtype of F16, BF16 or blocks the matrices of a GGUF file become what llama-quantize --pure
makes of them, and other floats F32. Blocks are ` + strings.Join(blockNames(), ", ") + `.

With --map, names change by rules in YAML, one after the other:

  - from: ^transformer\.     a regular expression
    to: ""
  - from: ^h\.(\d+)\.
    to: blk.$1.
  - from: masked_bias$
    drop: true`,
		Example: `  heft convert runs/digits-1 digits.gguf
  heft convert runs/text-1 text.gguf --dtype q8_0
  heft convert runs/text-1 text --to hf
  heft convert text runs/text-2 --to run
  heft convert pytorch_model.bin model.safetensors --dtype bf16
  heft convert model.gguf weights.npz --dtype f32 --only "blk.0.*"`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			form, err := f.form(args[0], args[1])
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			if form != "" {
				if done, err := f.convertModel(cmd, args[0], args[1], form); done {
					return err
				}
			}
			o, err := f.options(args[1])
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return f.run(cmd, args[0], args[1], o)
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "", "format of OUT, whatever its ending")
	cmd.Flags().StringVar(&f.to, "to", "", "convert a GPT-2 or a Llama with all that belongs to it: hf, run or gguf")
	cmd.Flags().StringVar(&f.dtype, "dtype", "", "number format that floats get: F64, F32, F16, BF16, F8_E4M3, F8_E5M2; in a GGUF file also blocks (default: the one they have)")
	cmd.Flags().StringVar(&f.overflow, "overflow", "refuse", "what becomes of values too large for --dtype: refuse, inf, saturate")
	cmd.Flags().StringVar(&f.names, "map", "", "file of rules for names")
	cmd.Flags().StringVar(&f.shards, "shard-size", "", "write many files, whose tensors take so much at most, as 500MB: see 'heft split --help'")
	cmd.Flags().StringArrayVar(&f.only, "only", nil, "pattern of tensors to take, by the names in IN; may be given again")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace OUT if it is there")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	return cmd
}

// formatLines lists the endings of files, a format a line.
func formatLines() string {
	var b strings.Builder
	for _, f := range serialize.Formats() {
		fmt.Fprintf(&b, "  %-12s %s\n", f.Format, strings.Join(f.Extensions, " "))
	}
	return b.String()
}

// options makes sense of the flags; errors are mistakes of usage.
func (f *convertFlags) options(out string) (o convert.Options, err error) {
	if o.Format, err = formatOf(out, f.format); err != nil {
		return o, err
	}
	if o.DType, o.As, err = f.numbers(o.Format == serialize.GGUF); err != nil {
		return o, err
	}
	if o.Overflow, err = f.policy(); err != nil {
		return o, err
	}
	switch {
	case f.shards != "" && f.force:
		return o, errors.New("--force does not replace a model in many files: name a folder without one")
	case f.shards != "":
		if f.limit, err = shardSize(f.shards); err != nil {
			return o, err
		}
	}
	return o, nil
}

// formatOf returns the format that a flag names, or the ending of a path.
func formatOf(path, name string) (serialize.Format, error) {
	var names, endings []string
	if path == "-" {
		return "", errors.New("the new file is read back, which a pipe cannot be: name a file")
	}
	ending := strings.ToLower(filepath.Ext(path))
	for _, f := range serialize.Formats() {
		if name == string(f.Format) || name == "" && slices.Contains(f.Extensions, ending) {
			return f.Format, nil
		}
		names, endings = append(names, string(f.Format)), append(endings, f.Extensions...)
	}
	if name != "" {
		return "", fmt.Errorf("--format is %q%s: it is one of %s", name, suggest.For(name, names), strings.Join(names, ", "))
	}
	return "", fmt.Errorf("the ending of %q does not tell a format: use one of %s, or --format, or --to for the folder of a model", path, strings.Join(endings, " "))
}

func (f *convertFlags) run(cmd *cobra.Command, in, out string, o convert.Options) error {
	if err := vacant(out, f.force); err != nil && f.limit == 0 {
		return err
	}
	if f.names != "" {
		rules, err := os.ReadFile(f.names)
		if err != nil {
			return err
		}
		if o.Names, err = convert.ParseNames(rules); err != nil {
			return fmt.Errorf("%q: %w", f.names, err)
		}
	}
	source, err := openWeights(in)
	if err != nil {
		return err
	}
	defer source.Close()
	o.Choose = func(infos []dtype.Info) ([]dtype.Info, error) { return inspect.Choose(infos, f.only) }
	if err := notOneOf(source, out); err != nil {
		return err
	}
	stop := converting(cmd, f.quiet, &o)
	var r *convert.Result
	if f.limit > 0 {
		r, err = convert.Split(cmd.Context(), source, out, f.limit, o)
	} else {
		r, err = convert.File(cmd.Context(), source, out, o)
	}
	stop()
	if err != nil {
		return interrupted(refused(err), unchanged)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), summaryOfMany(o.Format, r))
	return err
}

// unchanged is what is said when Ctrl-C stops the writing of a file.
const unchanged = "interrupted, nothing was changed"

// vacant returns an error when something is at path, unless it may be replaced.
func vacant(path string, force bool) error {
	if _, err := os.Stat(path); err == nil && !force {
		return fmt.Errorf("%q is there already: name another file, or use --force to replace it", path)
	}
	return nil
}

// refused says which flags help with floats that cannot be written as they are, or a folder that is there.
func refused(err error) error {
	var full *convert.FullError
	if errors.As(err, &full) {
		return fmt.Errorf("%q is there already: name another folder, or use --force to replace it", full.Path)
	}
	var none *convert.NoPlaceError
	if errors.As(err, &none) {
		return fmt.Errorf("tensor %.100q: %s has no place for %v: use --dtype, as --dtype f32", none.Tensor, none.Format, none.DType)
	}
	var overflow *dtype.OverflowError
	if !errors.As(err, &overflow) {
		return err
	}
	c := overflow.Report[0] // tensors are converted one by one
	return fmt.Errorf("tensor %.100q: %d of %d values are beyond the %g that %v holds: use a wider --dtype, or --overflow inf|saturate",
		c.Name, c.Overflow, c.Values, c.To.Limits().Max, c.To)
}

// mostNamed is how many keys of metadata, or rules, a summary names.
const mostNamed = 3

// summary says in a line what was written.
func summary(out string, to serialize.Format, r *convert.Result) string {
	line := fmt.Sprintf("%s: %s, %s, %s", table.Safe(out), to, humanize.Bytes(uint64(r.Bytes)), count(r.Tensors, "tensor"))
	if r.Recast > 0 {
		line += fmt.Sprintf(", %d of them in another number format", r.Recast)
	}
	if n := len(r.Left); n > 0 {
		line += fmt.Sprintf("; %s of metadata left behind: %s", count(n, "key"), firstOf(r.Left))
	}
	if n := len(r.Idle); n > 0 {
		line += fmt.Sprintf("; %s of --map matched no name: %s", count(n, "rule"), firstOf(r.Idle))
	}
	return line
}

// firstOf lists the first of names that others chose.
func firstOf(names []string) string {
	var shown []string
	for _, name := range names[:min(len(names), mostNamed)] {
		shown = append(shown, table.Safe(name))
	}
	if len(names) > mostNamed {
		shown = append(shown, "...")
	}
	return strings.Join(shown, ", ")
}

// count writes a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return humanize.Comma(int64(n)) + " " + thing
}
