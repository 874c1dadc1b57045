package golden

import "testing"

// ImagesFile is images.json: networks for images in float64, and how one learns.
type ImagesFile struct {
	Torch string
	Cases []ImageCase
	Curve struct { // the loss of LeNet-5 before each step, on the batches of mlp_curve.json
		Float32, Float64 []float64
	}
}

// ImageCase is a network, what it returns in training, and its gradients.
type ImageCase struct {
	Name   string
	Params []ImageParam // in the order of torch's named_parameters
	Input  Tensor
	Seed   Numbers // the gradient of the output
	Output Tensor
}

// ImageParam is a parameter. Its values follow from its place and its shape: see generator/images.py.
type ImageParam struct {
	Name  string
	Shape []int
	Grad  Numbers // 64 elements of the gradient, or all where there are fewer, one from each of as many parts
}

// Images reads images.json.
func Images(t testing.TB) *ImagesFile { t.Helper(); return load[ImagesFile](t, "images.json") }
