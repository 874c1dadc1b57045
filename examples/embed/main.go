// Command embed predicts with weights that are part of the program.
//
//	go run ./examples/embed
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

//go:generate go run ./generate digits.safetensors
//go:embed digits.safetensors
var weights []byte

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	file, err := safetensors.NewReader(bytes.NewReader(weights), int64(len(weights)))
	if err != nil {
		return err
	}
	s := nn.NewStore(0, initializer.Zeros()) // the file has all values
	net := nn.NewMLP(s.Root(), 64, 32, 10)
	if _, err := s.Load(file.All()); err != nil {
		return err
	}
	_, test := data.Digits()
	p := nn.NewPass(s, nn.Inference)
	classes := net.Forward(p, p.Input(test.X.Slice(0, 0, 10))).ArgMax(-1)
	fmt.Fprintln(w, "read:   ", classes.Data)
	fmt.Fprintln(w, "written:", test.Y.Data[:10])
	fmt.Fprintf(w, "%d bytes of weights, accuracy %.1f%%\n", len(weights), 100*nn.Accuracy(s, net, test.X, test.Y))
	return nil
}
