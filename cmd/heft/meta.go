package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/serialize"
)

func newMeta() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "meta",
		Short: "Read and change the metadata of a weights file",
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(newMetaGet(), newMetaSet())
	return cmd
}

func newMetaGet() *cobra.Command {
	return &cobra.Command{
		Use:   "get FILE [KEY]",
		Short: "Print metadata",
		Long: `Print the value of a key: a text as it is, anything else as JSON. Without a key, print all keys and values, a line each,
values as JSON, in which null stands for NaN and infinities. On a terminal control characters are escaped.`,
		Example: `  heft meta get model.gguf
  heft meta get model.gguf tokenizer.chat_template`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := openWeights(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			m, out := f.Metadata(), cmd.OutOrStdout()
			if len(args) == 2 {
				return printValue(out, m, args[1])
			}
			for _, kv := range m {
				text, err := inspect.ValueJSON(kv.Value)
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(out, "%s\t%s\n", table.Safe(kv.Key), text); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// printValue prints the value of a key.
func printValue(out io.Writer, m serialize.Metadata, key string) error {
	value, ok := m.Value(key)
	if !ok {
		return noKey(m, key)
	}
	text, isText := value.(string)
	if !isText {
		var err error
		if text, err = inspect.ValueJSON(value); err != nil {
			return err
		}
	}
	if isTerminal(out) {
		text = string(escaped([]byte(text)))
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

// noKey is the error of a key that the file does not have.
func noKey(m serialize.Metadata, key string) error {
	var keys []string
	for _, kv := range m {
		keys = append(keys, table.Safe(kv.Key))
	}
	return fmt.Errorf("the file has no metadata %.100q%s: 'heft meta get FILE' lists all", key, suggest.For(key, keys))
}

func newMetaSet() *cobra.Command {
	var out, kind string
	var drop []string
	var force bool
	cmd := &cobra.Command{
		Use:   "set FILE [KEY=VALUE...]",
		Short: "Change metadata",
		Long: `Write a weights file anew with other metadata, and the same tensors. A key that is there keeps its type; a new one is a
text unless --as says otherwise. The file is replaced as a whole, once the new one has been read back and compared. Of a model in
many files none is changed alone: its metadata would be that of a part.`,
		Example: `  heft meta set model.safetensors note="trained on moons"
  heft meta set model.gguf --as u32 general.file_type=1
  heft meta set model.gguf --drop tokenizer.chat_template --out plain.gguf`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && len(drop) == 0:
				return &usageError{cmd.CommandPath(), errors.New("say what to set, KEY=VALUE, or what to --drop")}
			case len(args) == 1 && kind != "":
				return &usageError{cmd.CommandPath(), errors.New("--as is the type of what is set, and nothing is")}
			case out == "" && force:
				return &usageError{cmd.CommandPath(), errors.New("--force is for --out: FILE itself is replaced anyway")}
			}
			for _, pair := range args[1:] {
				if !strings.Contains(pair, "=") {
					return &usageError{cmd.CommandPath(), fmt.Errorf("%q is no KEY=VALUE", pair)}
				}
			}
			if out != "" {
				if err := vacant(out, force); err != nil {
					return err
				}
			}
			return setMetadata(cmd, args[0], out, args[1:], kind, drop)
		},
	}
	cmd.Flags().StringVar(&kind, "as", "", "type of the values: str, bool, f32, f64, u8 to u64, i8 to i64")
	cmd.Flags().StringArrayVar(&drop, "drop", nil, "key to leave out; may be given again")
	cmd.Flags().StringVar(&out, "out", "", "file to write (default: FILE itself)")
	cmd.Flags().BoolVar(&force, "force", false, "replace the file of --out if it is there")
	return cmd
}

func setMetadata(cmd *cobra.Command, path, out string, pairs []string, kind string, drop []string) error {
	f, err := openWeights(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if f.Many() || inspect.OneOfMany(f.Path) {
		return fmt.Errorf("%q is a model in many files, or one of them: 'heft merge' makes one file of all, whose metadata can be set", path)
	}
	if !slices.ContainsFunc(serialize.Formats(), func(i serialize.FormatInfo) bool { return i.Format == f.Format() && i.Metadata }) {
		return fmt.Errorf("%s has no place for metadata: 'heft convert' to safetensors or GGUF first", f.Format())
	}
	m := f.Metadata()
	for _, key := range drop {
		if _, there := m.Value(key); !there {
			return noKey(m, key)
		}
		if f.Format() == serialize.Safetensors && key == "format" {
			return errors.New("--drop format does nothing: safetensors files have one, which is pt unless it is set, as format=VALUE")
		}
	}
	m = slices.DeleteFunc(m, func(kv serialize.KV) bool { return slices.Contains(drop, kv.Key) })
	for _, pair := range pairs {
		key, text, _ := strings.Cut(pair, "=")
		if m, err = convert.SetMetadata(m, key, text, kind); err != nil {
			return err
		}
	}
	o := convert.Options{Format: f.Format(), Metadata: func(serialize.Metadata) serialize.Metadata { return m }, Close: f}
	if out == "" {
		out = f.Path
	}
	r, err := convert.File(cmd.Context(), f, out, o)
	if err != nil {
		return interrupted(err, unchanged)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), summary(out, f.Format(), r))
	return err
}
