package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/bar"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/serialize"
)

// overflows are the values of --overflow.
var overflows = map[string]dtype.Overflow{"refuse": dtype.Refuse, "inf": dtype.AllowInf, "saturate": dtype.Saturate}

// convertFlags are the flags of heft convert.
type convertFlags struct {
	format, dtype, overflow, names string
	only                           []string
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
Tensors are read and written a piece at a time, so that files may be larger than memory. OUT appears when all of it has
been written, read back and compared. Integers and 8-bit floats stay as they are; blocks of GGUF stay blocks in GGUF, and
become F32 elsewhere. With --map, names change by rules in YAML, one after the other:

  - from: ^transformer\.     a regular expression
    to: ""
  - from: ^h\.(\d+)\.
    to: blk.$1.
  - from: masked_bias$
    drop: true`,
		Example: `  heft convert runs/digits-1 digits.gguf
  heft convert pytorch_model.bin model.safetensors --dtype bf16
  heft convert model.gguf weights.npz --dtype f32 --only "blk.0.*"`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completeFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := f.options(args[1])
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return f.run(cmd, args[0], args[1], o)
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "", "format of OUT, whatever its ending")
	cmd.Flags().StringVar(&f.dtype, "dtype", "", "number format that floats get: F64, F32, F16, BF16, F8_E4M3, F8_E5M2 (default: the one they have)")
	cmd.Flags().StringVar(&f.overflow, "overflow", "refuse", "what becomes of values too large for --dtype: refuse, inf, saturate")
	cmd.Flags().StringVar(&f.names, "map", "", "file of rules for names")
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
	if f.dtype != "" {
		if o.DType, err = dtype.Parse(f.dtype); err != nil {
			return o, err
		}
		if !o.DType.Castable() || o.DType.Limits().Max == 0 {
			return o, fmt.Errorf("floats do not become %v: --dtype is F64, F32, F16, BF16, F8_E4M3 or F8_E5M2", o.DType)
		}
	}
	var known bool
	if o.Overflow, known = overflows[f.overflow]; !known {
		return o, fmt.Errorf("--overflow is %q: it is refuse, inf or saturate", f.overflow)
	}
	return o, nil
}

// formatOf returns the format that a flag names, or the ending of a path.
func formatOf(path, name string) (serialize.Format, error) {
	var names, endings []string
	ending := strings.ToLower(filepath.Ext(path))
	for _, f := range serialize.Formats() {
		if name == string(f.Format) || name == "" && slices.Contains(f.Extensions, ending) {
			return f.Format, nil
		}
		names, endings = append(names, string(f.Format)), append(endings, f.Extensions...)
	}
	if name != "" {
		return "", fmt.Errorf("--format is %q: it is one of %s", name, strings.Join(names, ", "))
	}
	return "", fmt.Errorf("the ending of %q does not tell a format: use one of %s, or --format", path, strings.Join(endings, " "))
}

func (f *convertFlags) run(cmd *cobra.Command, in, out string, o convert.Options) error {
	if err := vacant(out, f.force); err != nil {
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
	source, err := inspect.Open(in)
	if err != nil {
		return err
	}
	defer source.Close()
	o.Choose = func(infos []dtype.Info) ([]dtype.Info, error) { return inspect.Choose(infos, f.only) }
	progress := cmd.ErrOrStderr()
	if f.quiet || !isTerminal(progress) {
		progress = io.Discard
	}
	b := bar.New(progress, bar.Settings{Total: -1, Bytes: true, Columns: widthOf(progress)})
	o.Progress = b.Set
	r, err := convert.File(cmd.Context(), source, out, o)
	b.Stop()
	if err != nil {
		return interrupted(refused(err), unchanged)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), summary(out, o.Format, r))
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

// refused says of values too large for --dtype which flags take them.
func refused(err error) error {
	var overflow *dtype.OverflowError
	if !errors.As(err, &overflow) {
		return err
	}
	c := overflow.Report[0] // tensors are converted one by one
	return fmt.Errorf("tensor %.100q: %d of %d values are beyond the %g that %v holds: use a wider --dtype, or --overflow inf|saturate",
		c.Name, c.Overflow, c.Values, c.To.Limits().Max, c.To)
}

// mostLeft is how many keys of metadata a summary names.
const mostLeft = 3

// summary says in a line what was written.
func summary(out string, to serialize.Format, r *convert.Result) string {
	line := fmt.Sprintf("%s: %s, %s, %d tensors", table.Safe(out), to, humanize.Bytes(uint64(r.Bytes)), r.Tensors)
	if r.Recast > 0 {
		line += fmt.Sprintf(", %d of them in another number format", r.Recast)
	}
	if n := len(r.Left); n > 0 {
		var keys []string
		for _, key := range r.Left[:min(n, mostLeft)] {
			keys = append(keys, table.Safe(key))
		}
		line += fmt.Sprintf("; %d keys of metadata left behind: %s", n, strings.Join(keys, ", "))
		if n > mostLeft {
			line += ", ..."
		}
	}
	return line
}
