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
	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize/gguf"
)

// modelForms says what --to may be.
const modelForms = `hf for a folder of Hugging Face's transformers, run for one of Heft's, gguf for a file of llama.cpp`

// madeFor says who reads a form.
var madeFor = map[language.Form]string{language.HuggingFace: "for transformers", language.Run: "for heft", language.GGUF: "for llama.cpp"}

// form returns the form that OUT is to have as a model of text; "" where weights alone are converted. Without --to that is
// a folder that becomes a GGUF file, unless the flags say what becomes of single tensors.
func (f *convertFlags) form(in, out string) (language.Form, error) {
	if f.to != "" {
		form := language.Form(f.to)
		switch {
		case !slices.Contains(language.Forms(), form):
			return "", fmt.Errorf("--to is %q%s: it is %s", f.to, suggest.For(f.to, []string{"hf", "run", "gguf"}), modelForms)
		case f.format != "" || f.names != "" || len(f.only) > 0 || f.shards != "":
			return "", errors.New("--to converts a whole model: leave out --format, --map, --only and --shard-size")
		}
		return form, nil
	}
	info, err := os.Stat(in)
	if err == nil && info.IsDir() && strings.EqualFold(filepath.Ext(out), ".gguf") &&
		f.format == "" && f.names == "" && len(f.only) == 0 && f.shards == "" {
		return language.GGUF, nil
	}
	return "", nil
}

// convertModel converts a GPT-2 or a Llama with all that belongs to it. It returns false when IN is none and nobody said
// that it would be.
func (f *convertFlags) convertModel(cmd *cobra.Command, in, out string, form language.Form) (bool, error) {
	to, as, err := f.numbers(form == language.GGUF)
	if err != nil {
		return true, &usageError{cmd.CommandPath(), err}
	}
	overflow, err := f.policy()
	if err != nil {
		return true, &usageError{cmd.CommandPath(), err}
	}
	m, err := language.Open(in)
	if other := new(language.OtherError); errors.As(err, &other) && f.to == "" {
		return false, nil
	}
	if err != nil {
		return true, withoutWeights(in, err)
	}
	defer m.Close()
	if form == language.GGUF {
		if err := vacant(out, f.force); err != nil {
			return true, err
		}
	}
	var o convert.Options
	stop := converting(cmd, f.quiet, &o)
	r, err := m.Write(cmd.Context(), out, form, language.Options{DType: to, As: as, Overflow: overflow, Replace: f.force, Progress: o.Progress})
	stop()
	if err != nil {
		return true, interrupted(refused(err), unchanged)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), modelSummary(out, m, form, r))
	return true, err
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
	return fmt.Errorf("%q is a %s %s: 'heft convert %s RUN --to run' makes of it what this command reads", path, m.Architecture(), madeFor[m.Form], shellWord(path))
}

// modelSummary says in a line what was written.
func modelSummary(out string, m *language.Model, form language.Form, r *convert.Result) string {
	line := fmt.Sprintf("%s: %s %s, %s, %s", table.Safe(out), m.Architecture(), madeFor[form], humanize.Bytes(uint64(r.Bytes)), count(r.Tensors, "tensor"))
	if r.Recast > 0 {
		line += fmt.Sprintf(", %d of them in another number format", r.Recast)
	}
	if len(r.Left) > 0 {
		line += "; left behind: " + firstOf(r.Left)
	}
	return line
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
		return 0, nil, fmt.Errorf("--dtype: %w; in a GGUF file also %s", err, choice(blockNames()))
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
