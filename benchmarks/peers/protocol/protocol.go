// Package protocol is what the command peers and its contestants say to each other.
//
// A contestant is a process. It first says who it is, a [Hello]. Then it answers each [Request] on its stdin with an
// [Answer] on its stdout, one line of JSON each. It ends when its stdin does.
package protocol

import (
	"fmt"
	"slices"

	"github.com/heft-ml/heft/benchmarks"
	"github.com/heft-ml/heft/nn"
)

// LR is the learning rate of training steps: small, so that a network is long in learning its one batch by heart. The other
// settings of Adam are PyTorch's defaults.
const LR = 1e-4

// Kind is what a step of a work load does. A new kind of network is a new kind here, with its sizes in [Work] and its
// numbers in the command's startingNumbers; contestants that do not know it say so and are left out.
type Kind string

// The kinds. The tensors that a contestant is given stand behind them.
const (
	Sgemm   Kind = "sgemm"   // c = op(a) op(b); a, b, as stored
	Forward Kind = "forward" // of a perceptron with ReLU; parameters under nn.Sequential's names, x [batch, first width]
	Train   Kind = "train"   // forward, cross entropy, backward, Adam; also y [batch], labels as whole numbers

	// Training steps like Train's; parameters under the names that PyTorch gives them.
	LeNet5 Kind = "lenet5" // x [batch, 1, 28, 28]
	CNN    Kind = "cnn"    // the same
	LSTM   Kind = "lstm"   // x, y [batch, length], tokens as whole numbers
	GPT    Kind = "gpt"    // the same

	// Work on a safetensors file of F32 tensors, which a contestant opens itself: see [Work.File].
	Touch    Kind = "touch"     // open it, and look at a byte of every [Page] of every tensor
	Write    Kind = "write"     // write its tensors, which are in memory, to another file, and leave it to the system when the disk has them
	Save     Kind = "save"      // the same, and wait for the disk
	ToBF16   Kind = "to-bf16"   // write another file of its tensors in bfloat16, with or without waiting, as the library does it
	SaveBF16 Kind = "save-bf16" // the same, and wait for the disk
)

// Page is how many bytes apart Touch looks at a tensor.
const Page = 4096

// Work is one work load, in float32.
type Work struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`

	// Sgemm: op(a) [M, K], op(b) [K, N].
	TransA bool `json:"trans_a"`
	TransB bool `json:"trans_b"`
	M      int  `json:"m"`
	N      int  `json:"n"`
	K      int  `json:"k"`

	// Forward and Train: a perceptron's widths, the inputs' first.
	Batch  int   `json:"batch"`
	Widths []int `json:"widths"`

	// LSTM and GPT: see [benchmarks.TextSize].
	Length     int `json:"length"`
	Vocabulary int `json:"vocabulary"`
	Layers     int `json:"layers"`
	Width      int `json:"width"`
	Embedding  int `json:"embedding"`
	Heads      int `json:"heads"`

	// Touch, Write, Save, ToBF16 and SaveBF16.
	Bytes int64  `json:"bytes"` // of all tensors
	Count int    `json:"count"` // of tensors
	File  string `json:"-"`     // that holds them: the one of the request
}

// OnFile tells whether a step is work on a file.
func (w Work) OnFile() bool {
	return slices.Contains([]Kind{Touch, Write, Save, ToBF16, SaveBF16}, w.Kind)
}

// Training tells whether steps change parameters.
func (w Work) Training() bool { return w.Kind != Sgemm && w.Kind != Forward && !w.OnFile() }

// Network makes what a work load trains, other than a perceptron, or returns nil.
func (w Work) Network(opts ...nn.PassOption) *benchmarks.Network {
	size := benchmarks.TextSize{
		Batch: w.Batch, Length: w.Length, Vocabulary: w.Vocabulary, Layers: w.Layers, Width: w.Width, Embedding: w.Embedding, Heads: w.Heads,
	}
	switch w.Kind {
	case LeNet5:
		return benchmarks.NewLeNet5(w.Batch, opts...)
	case CNN:
		return benchmarks.NewCNN(w.Batch, opts...)
	case LSTM:
		return benchmarks.NewLSTM(size, opts...)
	case GPT:
		return benchmarks.NewGPT(size, opts...)
	}
	return nil
}

// FLOPs counts the floating-point operations of the matrix products in a step.
func (w Work) FLOPs() float64 {
	if w.Kind == Sgemm {
		return benchmarks.Product{M: w.M, K: w.K, N: w.N}.FLOPs()
	}
	if n := w.Network(); n != nil {
		return n.FLOPs()
	}
	return benchmarks.PerceptronFLOPs(w.Batch, w.Widths, w.Kind == Train)
}

// Hello says who a contestant is.
type Hello struct {
	Name    string `json:"name"`    // as tables show it
	Version string `json:"version"` // of the library
	Setup   string `json:"setup"`   // how it is set up: kernels, threads
	Missing string `json:"missing"` // the library that is not installed; then nothing else is said
}

// String returns name, version and setup.
func (h Hello) String() string { return fmt.Sprintf("%s %s: %s", h.Name, h.Version, h.Setup) }

// Request asks for one of two things: to get ready for a work load, or to run steps of the one that is ready.
type Request struct {
	Prepare *Work   `json:"prepare,omitempty"`
	File    string  `json:"file,omitempty"` // of Prepare: a safetensors file of the numbers to start from, all F32
	LR      float64 `json:"lr,omitempty"`   // of Prepare

	Warmup int `json:"warmup"` // steps before those that are timed
	Steps  int `json:"steps"`  // steps to time; training begins afresh with every request
}

// Answer is the answer to a [Request].
type Answer struct {
	Cannot  string   `json:"cannot,omitempty"`  // why this contestant cannot do the work
	Seconds float64  `json:"seconds,omitempty"` // that the timed steps took together
	Value   *float64 `json:"value,omitempty"`   // what the last step computed, see [Runner]; nil if it does only part of it
}
