package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/serialize"
)

func newSplit() *cobra.Command {
	var size, out string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "split IN",
		Short: "Divide a weights file into many",
		Long: `Divide a weights file into files whose tensors take at most --shard-size each, in the same format. In the folder they are, of

  safetensors  model-00001-of-00003.safetensors and so on, and model.safetensors.index.json
  pytorch      pytorch_model-00001-of-00003.bin and so on, and pytorch_model.bin.index.json
  gguf         NAME-00001-of-00003.gguf and so on, as llama-gguf-split names them

which is how the transformers library and llama.cpp look for them. IN is a weights file, or the folder of a model, whose
configuration and tokenizer are copied. The files take their names when all have been written, read back and compared, the
index last.`,
		Example: `  heft split model.safetensors --shard-size 500MB
  heft split model.gguf --shard-size 2GB --out parts
  heft merge model-shards one.safetensors`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			limit, err := shardSize(size)
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return split(cmd, args[0], out, limit, quiet)
		},
	}
	cmd.Flags().StringVar(&size, "shard-size", "", "most that the tensors of a file take, as 500MB or 2GiB")
	cmd.Flags().StringVar(&out, "out", "", "folder to leave the files in (default: beside IN, with its name and -shards)")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	return cmd
}

func split(cmd *cobra.Command, in, out string, limit int64, quiet bool) error {
	source, err := openWeights(in)
	if err != nil {
		return err
	}
	defer source.Close()
	name, err := shardName(source)
	if err != nil {
		return err
	}
	folder := filepath.Clean(in) != filepath.Clean(source.Path)
	if out == "" {
		dir, _ := filepath.Split(source.Path)
		out = dir + source.Stem() + "-shards"
		if base := filepath.Base(in); folder && base != "." && base != ".." {
			out = strings.TrimRightFunc(in, isSeparator) + "-shards"
		}
	}
	copyBeside := func() error { return nil }
	if folder {
		if copyBeside, err = convert.Beside(in, out); err != nil {
			return err
		}
	}
	made, err := makeFolder(out)
	if err != nil {
		return err
	}
	defer removeEmpty(made)
	o := convert.Options{Format: source.Format()}
	stop := converting(cmd, quiet, &o)
	path := out + string(filepath.Separator) + name // Join would take a ".." in out for the parent of a link before it
	r, err := convert.Split(cmd.Context(), source, path, limit, o)
	stop()
	if err == nil {
		err = copyBeside()
	}
	if err != nil {
		return interrupted(err, unchanged)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), summaryOfMany(source.Format(), r))
	return err
}

// shardName is what one file with a model would be called, in its own folder.
func shardName(source *inspect.Source) (string, error) {
	switch source.Format() {
	case serialize.Safetensors:
		return "model.safetensors", nil
	case serialize.PyTorch:
		return "pytorch_model.bin", nil
	case serialize.GGUF:
		return source.Stem() + ".gguf", nil
	}
	return "", fmt.Errorf("%q is %s, of which no model is in many files: 'heft convert' to safetensors first", source.Path, source.Format())
}

// makeFolder makes a folder in one that is there. made are the folders that were not, for [removeEmpty].
func makeFolder(path string) (made []string, err error) {
	if _, err := os.Stat(path); err == nil {
		return nil, nil
	}
	return []string{path}, os.Mkdir(path, 0o777)
}

// isSeparator tells whether a character divides the names of a path.
func isSeparator(r rune) bool { return r < utf8.RuneSelf && os.IsPathSeparator(uint8(r)) }
