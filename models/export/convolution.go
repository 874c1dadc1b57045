package export

import (
	"fmt"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/serialize/onnx"
)

// LeNet5 makes a graph of a [models.LeNet5]: y [batch, outputs] from x [batch, channels, height, width]. Errors are those of [LeNet300].
func LeNet5(c models.LeNet5Config, w Weights) (*onnx.Graph, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	d := draw("lenet5", w)
	x := d.images(c.Image)
	x = d.pool("pool.0", d.activation("act.0", d.conv("conv1", x, c.Image.Channels, 6, 5, 1, 2, true), c.Activation))
	x = d.pool("pool.1", d.activation("act.1", d.conv("conv2", x, 6, 16, 5, 1, 0, true), c.Activation))
	x = d.flatten(x)
	x = d.activation("act.2", d.linear("fc1", x, c.Flat(), 120), c.Activation)
	x = d.activation("act.3", d.linear("fc2", x, 120, 84), c.Activation)
	d.finish(d.linear("fc3", x, 84, c.Outputs), onnx.Dynamic(samples), onnx.Fixed(c.Outputs))
	return d.done()
}

// CNN makes a graph of a [models.CNN]: y [batch, outputs] from x [batch, channels, height, width]. Errors are those of [LeNet300].
func CNN(c models.CNNConfig, w Weights) (*onnx.Graph, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	d := draw("cnn", w)
	x := d.images(c.Image)
	x = d.activation("act.0", d.conv("conv1", x, c.Image.Channels, 32, 3, 1, 0, true), c.Activation)
	x = d.activation("act.1", d.conv("conv2", x, 32, 64, 3, 1, 0, true), c.Activation)
	x = d.flatten(d.pool("pool", x))
	x = d.activation("act.2", d.linear("fc1", x, c.Flat(), 128), c.Activation)
	d.finish(d.linear("fc2", x, 128, c.Outputs), onnx.Dynamic(samples), onnx.Fixed(c.Outputs))
	return d.done()
}

// ResNet makes a graph of a [models.ResNet]: y [batch, outputs] from x [batch, channels, height, width]. Errors are those of [LeNet300].
func ResNet(c models.ResNetConfig, w Weights) (*onnx.Graph, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	d := draw("resnet", w)
	x := d.conv("conv1", d.images(c.Image), c.Image.Channels, 16, 3, 1, 1, false)
	x = d.activation("act", d.batchNorm("bn1", x, 16), c.Activation)
	in := 16
	for stage, planes := range []int{16, 32, 64} {
		for i := range (c.Depth - 2) / 6 {
			stride := 1
			if stage > 0 && i == 0 {
				stride = 2
			}
			x = d.block(fmt.Sprintf("layer%d.%d", stage+1, i), x, in, planes, stride, c.Activation)
			in = planes
		}
	}
	x = d.flatten(d.Add("avgpool", "GlobalAveragePool", []string{x}))
	d.finish(d.linear("fc", x, in, c.Outputs), onnx.Dynamic(samples), onnx.Fixed(c.Outputs))
	return d.done()
}

// block adds what [models.ResNetBlock] computes.
func (d *drawing) block(name, x string, in, planes, stride int, activation string) string {
	y := d.conv(name+".conv1", x, in, planes, 3, stride, 1, false)
	y = d.activation(name+".act1", d.batchNorm(name+".bn1", y, planes), activation)
	y = d.batchNorm(name+".bn2", d.conv(name+".conv2", y, planes, planes, 3, 1, 1, false), planes)
	if in != planes || stride != 1 {
		x = d.batchNorm(name+".downsample.1", d.conv(name+".downsample.0", x, in, planes, 1, stride, 0, false), planes)
	}
	return d.activation(name+".act2", d.Add(name+".sum", "Add", []string{y, x}), activation)
}

// images declares the input of a model of images.
func (d *drawing) images(im models.Image) string {
	return d.Input(input, dtype.F32, onnx.Dynamic(samples), onnx.Fixed(im.Channels), onnx.Fixed(im.Height), onnx.Fixed(im.Width))
}

// conv adds a convolution.  x [n, in, h, w], weight [out, in, kernel, kernel]
func (d *drawing) conv(layer, x string, in, out, kernel, stride, padding int, bias bool) string {
	inputs := []string{x, d.weight(layer+".weight", out, in, kernel, kernel)}
	if bias {
		inputs = append(inputs, d.weight(layer+".bias", out))
	}
	return d.Add(layer, "Conv", inputs, onnx.Ints("kernel_shape", kernel, kernel), onnx.Ints("strides", stride, stride), onnx.Ints("pads", padding, padding, padding, padding))
}

// epsilon is what nn's batch norm adds to the variance.
const epsilon = 1e-5

// batchNorm adds a batch norm with the mean and variance of training.  x [n, c, h, w]
func (d *drawing) batchNorm(layer, x string, c int) string {
	inputs := []string{x}
	for _, part := range []string{".weight", ".bias", ".running_mean", ".running_var"} {
		inputs = append(inputs, d.weight(layer+part, c))
	}
	return d.Add(layer, "BatchNormalization", inputs, onnx.Float("epsilon", epsilon))
}

// pool adds the maxima of squares of 2 by 2.
func (d *drawing) pool(name, x string) string {
	return d.Add(name, "MaxPool", []string{x}, onnx.Ints("kernel_shape", 2, 2), onnx.Ints("strides", 2, 2))
}

// flatten makes a row of each sample.
func (d *drawing) flatten(x string) string {
	return d.Add("flat", "Flatten", []string{x}, onnx.Int("axis", 1))
}
