package inspect

import (
	"strings"

	initializer "github.com/heft-ml/heft/init"
)

// bufferNames are the own names of values that no gradient moves, in PyTorch's layers and in files of transformers.
var bufferNames = map[string]bool{
	"running_mean": true, "running_var": true, "num_batches_tracked": true,
	"position_ids": true, "inv_freq": true, "masked_bias": true,
}

// inferKind tells the part that a tensor probably plays, by the rules in the package's documentation.
func inferKind(name string, shape []int) initializer.Kind {
	module, own := splitName(strings.ToLower(name))
	switch {
	case bufferNames[own], own == "bias" && isMask(shape):
		return initializer.Buffer
	case strings.HasSuffix(own, "bias"), strings.HasPrefix(own, "bias_"), own == "beta" && len(shape) == 1:
		return initializer.Bias
	case len(shape) == 2 && (namesEmbedding(own) || namesEmbedding(module)):
		return initializer.Embedding
	case len(shape) == 1 && (own == "weight" || own == "gamma" || own == "scale"):
		return initializer.Scale
	}
	return initializer.Weight
}

// splitName returns the last two parts of a dotted name; module is empty when there is one part.
func splitName(name string) (module, own string) {
	parts := strings.Split(name, ".")
	own = parts[len(parts)-1]
	if len(parts) > 1 {
		module = parts[len(parts)-2]
	}
	return module, own
}

// isMask tells whether a shape is [1, 1, n, n] with n above 1.
func isMask(shape []int) bool {
	return len(shape) == 4 && shape[0] == 1 && shape[1] == 1 && shape[2] == shape[3] && shape[2] > 1
}

// namesEmbedding tells whether a part of a name is one that tables of vectors have.
func namesEmbedding(part string) bool {
	if part == "wte" || part == "wpe" || strings.HasPrefix(part, "embed") {
		return true
	}
	for _, end := range []string{"emb", "embd", "embed", "embeds", "embedding", "embeddings"} {
		if strings.HasSuffix(part, end) {
			return true
		}
	}
	return false
}
