package export

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/onnx"
)

// Of makes a graph of a model as the function for its configuration does: [MLP], [LeNet300], [LeNet5], [CNN], [ResNet], [GPT]. A model
// of another kind is an error that names it.
func Of(model nn.Module, w Weights) (*onnx.Graph, error) {
	switch m := model.(type) {
	case *nn.MLP:
		return MLP(m.Config, w)
	case *models.LeNet300:
		return LeNet300(m.Config, w)
	case *models.LeNet5:
		return LeNet5(m.Config, w)
	case *models.CNN:
		return CNN(m.Config, w)
	case *models.ResNet:
		return ResNet(m.Config, w)
	case *models.GPT:
		return GPT(m.Config, w)
	}
	kind := fmt.Sprintf("%T", model) // "*models.CharRNN", and "<nil>" without a model
	kind = kind[strings.LastIndexByte(kind, '.')+1:]
	return nil, fmt.Errorf("onnx: no graph is made of a %s: perceptrons, LeNets, CNNs, residual networks and GPT-2s become one", kind)
}
