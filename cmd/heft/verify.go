package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/inspect"
)

func newVerify() *cobra.Command {
	var manifest string
	var asJSON, ascii bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a weights file and hash its tensors",
		Long: `Check the structure of a weights file, and print the SHA-256 of every tensor. The hash is that of the tensor's bytes,
whatever format the file has. What it finds besides: data hidden between the tensors of a GGUF file, before, between or
after the entries of a zip or in those that no tensor refers to, and Python names in the pickles of PyTorch's files that hold more than plain
data. Pickles are scanned, never run; a scan that finds nothing is no promise for programs that run them.

With --manifest the tensors are compared with what 'heft verify --json' printed before. Exit codes: 0 all is well; 1
something was found, even where it is why the file cannot be opened; 2 the file breaks its format, as one does that is cut
short or of whose zip readers would see different directories, or cannot be read.`,
		Example: `  heft verify model.safetensors --json > manifest.json
  heft verify model.safetensors --manifest manifest.json
  heft verify pytorch_model.bin`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := inspect.Verify(cmd.Context(), args[0])
			if err != nil {
				return trouble(withoutWeights(args[0], err))
			}
			if manifest != "" {
				if err := against(cmd.Context(), v, manifest); err != nil {
					return trouble(err)
				}
			}
			out := cmd.OutOrStdout()
			if asJSON {
				err = v.WriteJSON(out)
			} else {
				err = v.WriteText(out, layoutOf(out, ascii))
			}
			if err == nil && len(v.Findings) > 0 {
				return &verdict{code: exitFinding}
			}
			return trouble(err)
		},
	}
	cmd.Flags().StringVar(&manifest, "manifest", "", "compare with this output of 'heft verify --json'")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object: a manifest")
	cmd.Flags().BoolVar(&ascii, "ascii", false, "escape all but ASCII characters")
	return cmd
}

// against compares with the manifest at path.
func against(ctx context.Context, v *inspect.Verification, path string) error {
	text, err := readText(ctx, path)
	if err != nil {
		return err
	}
	m, err := inspect.ReadManifest(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	v.Against(m)
	return nil
}
