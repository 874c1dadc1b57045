package train

import (
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// lossOf is what training makes small: cross entropy where the batch has labels, mean squared error where it has
// targets.
func lossOf(out *nn.Tensor, b data.Batch, smoothing float64) *nn.Tensor {
	if b.Target != nil {
		return out.MSE(b.Target)
	}
	return out.CrossEntropy(b.Y, autograd.LabelSmoothing(smoothing))
}

// outputs is how many numbers the model gives for a sample: one a class, or those of the target.
func outputs(set *data.Set) int {
	if set.Target != nil {
		return set.Target.Dim(-1)
	}
	return len(set.Classes)
}

// unitOf is what 1 of a standardized target stands for; 1 in classification, and where nothing was standardized.
func unitOf(in *data.Input) float64 {
	if in != nil && in.Regression() {
		return in.Target.Std
	}
	return 1
}
