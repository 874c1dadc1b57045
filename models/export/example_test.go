package export_test

import (
	"bytes"
	"fmt"
	"log"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/models/export"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/onnx"
)

// A model of a Store becomes a file that onnxruntime runs.
func Example() {
	config := models.LeNet5Config{Image: models.Image{Channels: 1, Height: 28, Width: 28}, Outputs: 10}
	s := nn.NewStore(1, initializer.KaimingNormal())
	models.NewLeNet5(s.Root(), config)
	g, err := export.LeNet5(config, export.Trained(s))
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	err = onnx.Write(&file, g)
	fmt.Println(g.Name, file.Len() > 4*61706, err)
	// Output: lenet5 true <nil>
}
