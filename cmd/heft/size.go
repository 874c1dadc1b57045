package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/table"
)

// sizes is what heft size prints.
type sizes struct {
	Parameters float64           `json:"parameters"`
	Weights    inspect.Memory    `json:"weights"`
	Cache      *inspect.Memory   `json:"kv_cache"` // nil when the architecture is not known
	Training   *inspect.Training `json:"training"` // nil when it was not asked for

	architecture *inspect.Architecture
}

func newSize() *cobra.Command {
	var optimizer string
	var batch, tokens int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "size CONFIG|FILE|NUMBER",
		Short: "Tell how much memory a model takes",
		Long: `Tell how much memory a model takes: its weights in each number format, int8 and int4 also with a scale of 16 bits for every
32 numbers; the cache of keys and values of --batch texts of --ctx tokens; and with --train what training in float32
takes. The model is config.json of a GPT-2 or a Llama, a weights file, the folder of a model, or a number of parameters.

Of a weights file without such a config neither cache nor activations are known. Activations are an estimate.`,
		Example: `  heft size 7B
  heft size config.json --ctx 8192
  heft size model.gguf --train adamw --batch 8 --ctx 1024`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if batch < 1 || batch > math.MaxInt32 || tokens < 0 || tokens > math.MaxInt32 {
				return &usageError{cmd.CommandPath(), errors.New("--batch is 1 or more, and --ctx 0 or more")}
			}
			s, err := sized(args[0])
			if err != nil {
				return err
			}
			for _, flag := range []string{"batch", "ctx"} {
				if s.architecture == nil && cmd.Flags().Changed(flag) {
					return &usageError{cmd.CommandPath(), fmt.Errorf("--%s says nothing of %q, whose architecture is not known: name a config.json of a GPT-2 or a Llama", flag, args[0])}
				}
			}
			if a := s.architecture; a != nil {
				if tokens == 0 {
					tokens = a.Context
				}
				cache := inspect.MemoryOf(int64(a.CacheSize(batch, tokens)))
				s.Cache = &cache
			}
			if optimizer != "" {
				t, err := inspect.TrainingOf(s.Parameters, optimizer, s.architecture, batch, tokens)
				if err != nil {
					return &usageError{cmd.CommandPath(), err}
				}
				s.Training = &t
			}
			out := cmd.OutOrStdout()
			if asJSON {
				return json.NewEncoder(out).Encode(s)
			}
			_, err = fmt.Fprint(out, s.text(batch, tokens))
			return err
		},
	}
	cmd.Flags().StringVar(&optimizer, "train", "", "optimizer to train with: sgd, momentum, rmsprop, lion, muon, adam, adamw, nadam")
	cmd.Flags().IntVar(&batch, "batch", 1, "texts at a time")
	cmd.Flags().IntVar(&tokens, "ctx", 0, "tokens of each text (default: the context of the model)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object, in bytes")
	return cmd
}

// sized finds out about what a user named: a number, a config.json, or weights.
func sized(what string) (*sizes, error) {
	if n, ok := parameters(what); ok {
		return sizesOf(n, nil), nil
	}
	if strings.EqualFold(filepath.Ext(what), ".json") && !strings.HasSuffix(what, ".index.json") {
		text, err := os.ReadFile(what)
		if err != nil {
			return nil, err
		}
		a, err := inspect.ReadArchitecture(text)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", what, err)
		}
		return sizesOf(a.Parameters(), &a), nil
	}
	f, err := openWeights(what)
	if errors.Is(err, fs.ErrNotExist) && what != "" && strings.Trim(what[:1], "0123456789.") == "" {
		return nil, fmt.Errorf("%q is no number of parameters, as 7B, 124M or 1.5e9 (K, M, B or T), and no file is called so", what)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n := 0.0
	for _, info := range f.Tensors() {
		n += float64(inspect.Parameters(info))
	}
	if a, ok := inspect.ArchitectureOf(f.Metadata()); ok {
		return sizesOf(n, &a), nil
	}
	config, err := os.ReadFile(filepath.Join(filepath.Dir(f.Path), "config.json"))
	if err != nil {
		return sizesOf(n, nil), nil // weights without a config have a size, too
	}
	if a, err := inspect.ReadArchitecture(config); err == nil {
		return sizesOf(n, &a), nil
	}
	return sizesOf(n, nil), nil
}

func sizesOf(n float64, a *inspect.Architecture) *sizes {
	return &sizes{Parameters: n, Weights: inspect.MemoryOf(int64(n)), architecture: a}
}

// mostParameters bounds a number that a user names.
const mostParameters = 1e17

// parameters reads "7B", "124M", "1.5e9".
func parameters(text string) (n float64, ok bool) {
	number, unit := text, 1.0
	for suffix, times := range map[string]float64{"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12} {
		if before, found := strings.CutSuffix(strings.ToUpper(text), suffix); found {
			number, unit = before, times
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	n = math.Round(n * unit)
	return n, err == nil && n >= 1 && n <= mostParameters
}

// memoryColumn is what something takes in each format.
func memoryColumn(title string, m inspect.Memory) table.Column {
	c := table.Column{Title: title, Right: true}
	for _, bytes := range []int64{m.FP32, m.FP16, m.Int8, m.Q8_0, m.Int4, m.Q4_0} {
		c.Cells = append(c.Cells, humanize.Bytes(uint64(bytes)))
	}
	return c
}

// text is what people read.
func (s *sizes) text(batch, tokens int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s parameters\n\n", humanize.Commaf(s.Parameters))
	columns := []table.Column{
		{Cells: []string{"fp32", "fp16, bf16", "int8", "int8 with scales (Q8_0)", "int4", "int4 with scales (Q4_0)"}}, memoryColumn("weights", s.Weights),
	}
	if s.Cache != nil {
		columns = append(columns, memoryColumn(fmt.Sprintf("keys and values, %d x %s tokens", batch, humanize.Comma(int64(tokens))), *s.Cache))
	}
	_ = table.Write(&b, fileWidth, columns...) // a Builder takes everything
	if t := s.Training; t != nil {
		activations := "not known"
		if t.Activations != nil {
			activations = humanize.Bytes(uint64(*t.Activations))
		}
		fmt.Fprintf(&b, "\ntraining in fp32\n  weights      %s\n  gradients    %s\n  optimizer    %s\n  activations  %s\n  together     %s\n",
			humanize.Bytes(uint64(t.Weights)), humanize.Bytes(uint64(t.Gradients)), humanize.Bytes(uint64(t.Optimizer)), activations, humanize.Bytes(uint64(t.Total())))
	}
	return b.String()
}
