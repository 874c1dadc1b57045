package golden

import "testing"

// OpsFile is ops.json: every op's value and gradients in float64.
type OpsFile struct {
	Torch string // the version that computed the file, as in every file
	Cases []OpCase
}

// OpCase is one op at one place.
type OpCase struct {
	Op     string // snake case, as the tape records it
	Name   string // what is special about the case
	Args   Args
	Inputs []Tensor
	Labels *Ints
	Mask   *Ints
	Output Tensor
	Seed   Numbers   // the gradient of the output
	Grads  []Numbers // the gradient of each input

	State      map[string]Tensor // running statistics before
	StateAfter map[string]Tensor `json:"state_after"`
}

// Ops reads ops.json.
func Ops(t testing.TB) *OpsFile { t.Helper(); return load[OpsFile](t, "ops.json") }

// LayersFile is layers.json: modules of torch.nn in float64.
type LayersFile struct {
	Torch string
	Cases []LayerCase
}

// LayerCase is a module and what it did, step by step. Its parameters do not change between steps; its buffers do.
type LayerCase struct {
	Name  string
	State map[string]Tensor // by the names of torch's state_dict
	Steps []LayerStep
}

// LayerStep is one forward and backward of a module.
type LayerStep struct {
	Training bool
	Input    *Tensor
	Labels   *Ints // instead of Input, for an embedding
	Output   Tensor
	Seed     Numbers            // the gradient of the output
	Grads    map[string]Tensor  // by parameter; the input's is named "input"
	Buffers  map[string]Tensor  // after the step
	Error    map[string]float64 // the largest error of torch's own float32: of "output", and of each of Grads and Buffers
}

// Layers reads layers.json.
func Layers(t testing.TB) *LayersFile { t.Helper(); return load[LayersFile](t, "layers.json") }

// OptimFile is optim.json: where optimizers go in float32, and learning rates.
type OptimFile struct {
	Torch     string
	Params    []NamedTensor // where every run starts
	Gradients []Numbers     // for each step, those of Params one after another
	Runs      []OptimRun
	Averages  []Average
	Schedules []Schedule
}

// NamedTensor is a tensor with a parameter's name.
type NamedTensor struct {
	Name string
	Tensor
}

// OptimRun is one optimizer over the common gradients.
type OptimRun struct {
	Name      string
	Optimizer string // torch's class
	Args      Args
	Clip      map[string]float64         // "norm" or "value": the limit gradients are clipped to before each step
	Norms     Numbers                    // with a "norm" limit, each step's norm before clipping
	After     map[int]map[string]Numbers // parameters by step, counted from 1, and name
}

// Average is an exponential moving average of the parameters that SGD moves by the common gradients.
type Average struct {
	Decay float64
	LR    float64
	After map[int]map[string]Numbers // the average by step, counted from 1, and name
}

// Schedule is a learning rate at each of 100 steps.
type Schedule struct {
	Name     string
	Schedule string // torch's class
	LR       float64
	Args     Args
	Losses   []float64 // what a schedule that watches the loss sees after each step
	Rates    []float64
}

// Optim reads optim.json.
func Optim(t testing.TB) *OptimFile { t.Helper(); return load[OptimFile](t, "optim.json") }

// CurveFile is mlp_curve.json: the losses of an MLP with ReLU on the digits, cross-entropy averaged over the batch.
type CurveFile struct {
	Torch  string
	Widths []int
	Batch  int
	State  map[string]Tensor // the start in float32, by the names of torch's nn.Sequential
	Rows   [][]int           // the samples of each step's batch, in the order of the digits' file
	Curves []Curve
}

// Curve is the loss before each step, computed in float32 and in float64 from the same start.
type Curve struct {
	Name      string
	Optimizer string // torch's class
	Args      Args
	Float32   []float64
	Float64   []float64
}

// Curves reads mlp_curve.json.
func Curves(t testing.TB) *CurveFile { t.Helper(); return load[CurveFile](t, "mlp_curve.json") }

// LSTMCurveFile is lstm_curve.json: the losses of a character model with an LSTM, trained by Adam, cross-entropy averaged
// over the batch and its positions.
type LSTMCurveFile struct {
	Torch                                         string
	Vocabulary, Embedding, Hidden, Layers, Length int
	LR                                            float64
	Text                                          []int32
	Starts                                        [][]int           // where the pieces of text of each step begin
	State                                         map[string]Tensor // the start
	Float32, Float64                              []float64         // the loss before each step
}

// LSTMCurve reads lstm_curve.json.
func LSTMCurve(t testing.TB) *LSTMCurveFile {
	t.Helper()
	return load[LSTMCurveFile](t, "lstm_curve.json")
}

// InitFile is init.json: torch.nn.init's gains, fans, deviations and bounds, and starts that are exact.
type InitFile struct {
	Torch      string
	Gains      []Gain
	Fans       []Fans
	Bounds     []Bound
	Identities []Identity
	Sparsities []Sparsity
}

// Gain is what torch.nn.init.calculate_gain returns. Param is nil where none was given.
type Gain struct {
	Nonlinearity string
	Param        *float64
	Gain         float64
}

// Fans are the numbers of connections into and out of a unit of a weight.
type Fans struct {
	Shape  []int
	FanIn  int `json:"fan_in"`
	FanOut int `json:"fan_out"`
}

// Bound is the standard deviation of a scheme's normal form and the bound of its uniform one.
type Bound struct {
	Scheme       string // "xavier" or "kaiming"
	Shape        []int
	Mode         string  // kaiming: "fan_in" or "fan_out"
	Nonlinearity string  // kaiming
	Param        float64 // kaiming: the negative slope
	Gain         float64
	Std          float64
	Bound        float64
}

// Identity is a weight that hands its input on: eye_ of a matrix, dirac_ of a convolution.
type Identity struct {
	Groups int
	Weight Tensor
}

// Sparsity is how many numbers of each column of a weight sparse_ leaves at 0.
type Sparsity struct {
	Shape    []int
	Sparsity float64
	Zeros    int
}

// Init reads init.json.
func Init(t testing.TB) *InitFile { t.Helper(); return load[InitFile](t, "init.json") }
