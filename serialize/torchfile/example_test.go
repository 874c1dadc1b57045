package torchfile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/torchfile"
)

func Example() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.pt")

	weight, err := dtype.FromFloat32s("fc.weight", []int{2, 3}, []float32{0, 0.5, 1, 1.5, 2, 2.5}, dtype.F32)
	if err != nil {
		panic(err)
	}
	if err := torchfile.Save(path, []dtype.Tensor{weight}); err != nil { // torch.load(path, weights_only=True) opens it
		panic(err)
	}

	f, err := torchfile.Open(path)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for _, info := range f.Tensors() {
		t, err := f.Read(info.Name)
		if err != nil {
			panic(err)
		}
		values, err := t.Float32s(nil)
		if err != nil {
			panic(err)
		}
		fmt.Println(t.Name, t.DType, t.Shape, values)
	}
	// Output: fc.weight F32 [2 3] [0 0.5 1 1.5 2 2.5]
}

// A pickle is a program. This one, which a trap could be, asks Python for os.system; it is not given it, nor run.
func ExampleScan() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "trap.bin")
	if err := os.WriteFile(path, []byte("\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R."), 0o600); err != nil {
		panic(err)
	}

	report, err := torchfile.Scan(path)
	if err != nil {
		panic(err)
	}
	for _, g := range report.Globals {
		fmt.Printf("%s.%s at byte %d: %v\n", g.Module, g.Name, g.Offset, g.Verdict)
	}
	fmt.Println(report.Worst() == torchfile.Dangerous)
	// Output:
	// os.system at byte 2: dangerous
	// true
}
