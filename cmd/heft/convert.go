package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

func newConvert() *cobra.Command {
	var f convertFlags
	cmd := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write a weights file in another format",
		Long: `Write a weights file in another format, with other number formats or under other names. IN is a weights file of any format,
the index of many, or the folder of a run or of a model. The ending of OUT says what it becomes:

` + formatLines() + `  onnx         .onnx: the model of a run as onnxruntime computes it, weights and all
A GPT-2 or a Llama can change its form as a whole: names and order of its weights, configuration, tokenizer. That is what
--to does, between a folder of Hugging Face's transformers (hf), one of Heft's (run), and a GGUF file of llama.cpp (gguf);
the folder of such a model that becomes a .gguf needs no --to, unless --map, --only or --format say what becomes of single
tensors. What has no counterpart there is an error that names it.

Tensors are read and written a piece at a time, so that files may be larger than memory. OUT appears when all of it has
been written, read back and compared. Integers and 8-bit floats stay as they are; blocks of GGUF stay blocks in GGUF, and
become F32 elsewhere. With a --dtype of F16, BF16 or blocks the matrices of a GGUF file become what llama-quantize --pure
makes of them, and other floats F32. Blocks are ` + strings.Join(blockNames(), ", ") + `.

With --shard-size OUT becomes many files, called after it: model-00001-of-00003.gguf and so on of model.gguf, and in the
folder of --to hf as transformers names them. What fits into one file is called OUT. 'heft split --help' says more.

With --map, names change by rules in YAML, one after the other:

  - from: ^transformer\.     a regular expression
    to: ""
  - from: ^h\.(\d+)\.
    to: blk.${1}.           what the first parentheses matched
  - from: masked_bias$
    drop: true`,
		Example: `  heft convert runs/digits-1 digits.gguf
  heft convert runs/text-1 text.gguf --dtype q8_0
  heft convert runs/text-1 text --to hf
  heft convert text runs/text-2 --to run
  heft convert runs/digits-1 digits.onnx
  heft convert pytorch_model.bin model.safetensors --dtype bf16
  heft convert model.gguf weights.npz --dtype f32 --only "blk.0.*"`,
		ValidArgsFunction: completeFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.read(args[0], args[1])
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return c.run(cmd)
		},
	}
	cmd.Flags().StringVar(&f.format, "format", "", "format of OUT, whatever its ending")
	cmd.Flags().StringVar(&f.to, "to", "", "convert a GPT-2 or a Llama with all that belongs to it: hf, run or gguf")
	cmd.Flags().StringVar(&f.dtype, "dtype", "", "number format that floats get: F64, F32, F16, BF16, F8_E4M3, F8_E5M2; in a GGUF file also blocks (default: the one they have)")
	cmd.Flags().StringVar(&f.overflow, "overflow", "refuse", "what becomes of values too large for --dtype: refuse, inf, saturate")
	cmd.Flags().StringVar(&f.names, "map", "", "file of rules for names")
	cmd.Flags().StringVar(&f.shards, "shard-size", "", "write many files, whose tensors take so much at most, as 500MB")
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

// run converts. A folder is taken for a model, and for its weights alone where it is none and nobody said that it would be.
func (c *conversion) run(cmd *cobra.Command) error {
	switch {
	case c.graph:
		return c.writeGraph(cmd)
	case c.form == "":
		return c.writeWeights(cmd, nil)
	}
	err := c.writeModel(cmd)
	if none := new(language.OtherError); errors.As(err, &none) && c.to == "" {
		return c.writeWeights(cmd, none)
	}
	return err
}

// unchanged is what is said when Ctrl-C stops the writing of a file.
const unchanged = "interrupted, nothing was changed"

// vacant returns an error when a folder is at path, or a file that may not be replaced, as one of many may not.
func vacant(path string, replace bool) error {
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil
	case info.IsDir():
		return fmt.Errorf("%q is a folder: name a file in it", path)
	case inspect.OneOfMany(path):
		return fmt.Errorf("%q is one of many files of a model, which would be left without it: name another file", path)
	case !replace:
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
	if name := new(gguf.FormatError); errors.As(err, &name) && name.Kind == gguf.InvalidName {
		if name.Tensor != "" {
			return fmt.Errorf("%w: --map gives tensors other names", err)
		}
		return fmt.Errorf("%w: 'heft meta set IN --drop KEY' leaves it out", err)
	}
	var overflow *dtype.OverflowError
	if !errors.As(err, &overflow) {
		return err
	}
	c := overflow.Report[0] // tensors are converted one by one
	return fmt.Errorf("tensor %.100q: %d of %d values are beyond the %g that %v holds: use a wider --dtype, or --overflow inf|saturate",
		c.Name, c.Overflow, c.Values, c.To.Limits().Max, c.To)
}
