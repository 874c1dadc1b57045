package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/models/export"
	"github.com/heft-ml/heft/serialize/onnx"
	"github.com/heft-ml/heft/train"
)

// writeGraph makes of the model of a run an ONNX file that computes what it does, whose metadata is that of the weights: what turns
// a sample into numbers, or a text into tokens, is in no graph.
func (c *conversion) writeGraph(cmd *cobra.Command) error {
	if err := vacant(c.out, c.force); err != nil {
		return err
	}
	source, err := openWeights(c.in)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := notOneOf(source, c.out); err != nil {
		return err
	}
	graph, err := graphOf(c.in)
	if err != nil {
		return err
	}
	graph.Metadata = map[string]string{}
	for _, kv := range source.Metadata() {
		if text, ok := kv.Value.(string); ok && kv.Key != "format" {
			graph.Metadata[kv.Key] = text
		}
	}
	if err := onnx.Save(c.out, graph); err != nil {
		return err
	}
	info, err := os.Stat(c.out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: onnx, %s, a graph of the %s\n", table.Safe(c.out), humanize.Bytes(uint64(info.Size())), graph.Name)
	return err
}

// graphOf makes the graph of the model of a run.
func graphOf(path string) (*onnx.Graph, error) {
	m, err := train.Open(path)
	if err == nil {
		return export.Of(m.Model, export.Trained(m.Store))
	}
	if text := new(train.TextError); !errors.As(err, &text) {
		return nil, notOfRun(path, err)
	}
	t, err := train.OpenText(path)
	if err != nil {
		return nil, notOfRun(path, err)
	}
	return export.Of(t.Model, export.Trained(t.Store))
}
