package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// convertFlags are the flags of heft convert.
type convertFlags struct {
	format, to, dtype, overflow string
	names                       string // the file of rules
	only                        []string
	shards                      string
	force, quiet                bool
}

// conversion is what a command line asks for.
type conversion struct {
	*convertFlags
	in, out string
	graph   bool            // OUT computes what the model does
	form    language.Form   // that OUT is in as a model of text; empty: it has weights alone
	o       convert.Options // the format and the numbers
	limit   int64           // what --shard-size says; 0: one file
}

// modelForms says what --to may be.
const modelForms = `hf for a folder of Hugging Face's transformers, run for one of Heft's, gguf for a file of llama.cpp`

// onnxFormat is what --format calls a graph; files of it end so.
const onnxFormat = "onnx"

var errPipe = errors.New("the new file is read back, which a pipe cannot be: name a file")

// read makes sense of the flags; errors are mistakes of usage.
func (f *convertFlags) read(in, out string) (*conversion, error) {
	c := &conversion{convertFlags: f, in: in, out: out}
	if out == "-" {
		return nil, errPipe
	}
	whole := f.format == "" && f.names == "" && len(f.only) == 0 // nothing is said of single tensors
	var err error
	switch {
	case f.to != "":
		if c.form, err = formOf(f.to); err == nil && !whole {
			err = errors.New("--to converts a whole model: leave out --format, --map and --only")
		}
		c.o.Format = serialize.Safetensors
		if c.form == language.GGUF {
			c.o.Format = serialize.GGUF
		}
	case f.format == onnxFormat, f.format == "" && strings.EqualFold(filepath.Ext(out), "."+onnxFormat):
		c.graph = true
		if f.names != "" || len(f.only) > 0 || f.shards != "" || f.dtype != "" || f.overflow != "refuse" {
			err = errors.New("a graph has all weights of the model, as F32: leave out --dtype, --overflow, --map, --only and --shard-size")
		}
		return c, err
	default:
		if c.o.Format, err = formatOf(out, f.format); err != nil && f.format == "" {
			err = fmt.Errorf("%w; or say --to for the folder of a model, or --format for a file that is called otherwise", err)
		}
		if info, missing := os.Stat(in); missing == nil && info.IsDir() && c.o.Format == serialize.GGUF && whole {
			c.form = language.GGUF
		}
	}
	if err != nil {
		return nil, err
	}
	if c.o.DType, c.o.As, err = f.numbers(c.o.Format == serialize.GGUF); err != nil {
		return nil, err
	}
	if c.o.Overflow, err = f.policy(); err != nil {
		return nil, err
	}
	c.limit, err = c.limited()
	return c, err
}

// formOf reads --to.
func formOf(name string) (language.Form, error) {
	form := language.Form(name)
	if !slices.Contains(language.Forms(), form) {
		return "", fmt.Errorf("--to is %q%s: it is %s", name, suggest.For(name, []string{"hf", "run", "gguf"}), modelForms)
	}
	return form, nil
}

// formatOf returns the format that a flag names, or the ending of a path.
func formatOf(path, name string) (serialize.Format, error) {
	var names, endings []string
	if path == "-" {
		return "", errPipe
	}
	ending := strings.ToLower(filepath.Ext(path))
	for _, f := range serialize.Formats() {
		if name == string(f.Format) || name == "" && slices.Contains(f.Extensions, ending) {
			return f.Format, nil
		}
		names, endings = append(names, string(f.Format)), append(endings, f.Extensions...)
	}
	if name != "" {
		names = append(names, onnxFormat)
		return "", fmt.Errorf("--format is %q%s: it is one of %s", name, suggest.For(name, names), strings.Join(names, ", "))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", fmt.Errorf("%q is a folder: name a file in it, whose ending tells the format, as %q", path, filepath.Join(path, "model.safetensors"))
	}
	return "", fmt.Errorf("the ending of %q does not tell a format: use one of %s", path, strings.Join(endings, " "))
}

// numbers reads --dtype: a format of numbers, or of GGUF's blocks where they have a place.
func (f *convertFlags) numbers(blocks bool) (dtype.DType, func(dtype.Info) ggml.Type, error) {
	if f.dtype == "" {
		return 0, nil, nil
	}
	if t, err := ggml.ParseType(f.dtype); err == nil && t.DType() == 0 {
		switch {
		case !blocks:
			return 0, nil, fmt.Errorf("--dtype %v is a format of blocks, which only GGUF files hold", t)
		case !t.CanEncode():
			return 0, nil, fmt.Errorf("--dtype: %w", &ggml.UnsupportedError{Type: t, Verb: "written"})
		}
		return 0, gguf.Pure(t), nil
	}
	to, err := parseDType(f.dtype, convertedTo)
	switch {
	case err != nil && blocks:
		return 0, nil, fmt.Errorf("--dtype: %w; in a GGUF file also %s%s", err, choice(blockNames()), suggest.For(f.dtype, blockNames()))
	case err != nil:
		return 0, nil, fmt.Errorf("--dtype: %w", err)
	case blocks && (to == dtype.F16 || to == dtype.BF16): // llama.cpp wants norms and biases as F32
		t, _ := ggml.Of(to)
		return 0, gguf.Pure(t), nil
	}
	return to, nil, nil
}

// blockNames lists the formats of blocks that are written.
func blockNames() (names []string) {
	for _, t := range ggml.Types() {
		if t.CanEncode() && t.DType() == 0 {
			names = append(names, t.String())
		}
	}
	return names
}

// overflows are the values of --overflow.
var overflows = map[string]dtype.Overflow{"refuse": dtype.Refuse, "inf": dtype.AllowInf, "saturate": dtype.Saturate}

// policy reads --overflow.
func (f *convertFlags) policy() (dtype.Overflow, error) {
	o, known := overflows[f.overflow]
	if !known {
		return 0, fmt.Errorf("--overflow is %q: it is refuse, inf or saturate", f.overflow)
	}
	if o != dtype.Refuse && f.dtype == "" {
		return 0, errors.New("--overflow is about values too large for --dtype: give that too")
	}
	return o, nil
}

// limited reads --shard-size.
func (c *conversion) limited() (int64, error) {
	switch {
	case c.shards == "":
		return 0, nil
	case c.form == language.Run:
		return 0, errors.New("a run has its weights in one file: leave out --shard-size")
	case c.force && c.form != language.HuggingFace:
		return 0, errors.New("--force does not replace a model in many files: name a folder without one")
	case c.o.Format == serialize.GGUF && filepath.Ext(c.out) != ".gguf":
		return 0, fmt.Errorf("the files of a GGUF are called NAME-00001-of-00003.gguf and so on: with --shard-size let %q end in .gguf", c.out)
	}
	return shardSize(c.shards)
}
