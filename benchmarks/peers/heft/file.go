package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// file is work on a file.
type file struct {
	path, out string
	step      func() error
	tensors   []dtype.Tensor // of Write and Save
	touched   float64        // of Touch: the sum of the bytes that it saw
}

func newFile(w protocol.Work) (*file, error) {
	debug.FreeOSMemory() // of the work load before: what this one takes is looked at
	f := &file{path: w.File, out: fmt.Sprintf("%s.%d", w.File, os.Getpid())}
	switch w.Kind {
	case protocol.Touch:
		f.step = f.touch
	case protocol.Write, protocol.Save:
		f.step = f.write
		if w.Kind == protocol.Save {
			f.step = func() error { return safetensors.Save(f.out, f.tensors, safetensors.AsIs) }
		}
		var err error
		if f.tensors, _, err = safetensors.Load(f.path); err != nil {
			return nil, err
		}
	case protocol.ToBF16, protocol.SaveBF16: // it always waits
		f.step = f.convert
	}
	return f, nil
}

func (f *file) Reset() {}

// Step panics when the disk fails: there is no answer then.
func (f *file) Step() {
	if err := f.step(); err != nil {
		panic(err)
	}
}

func (f *file) touch() error {
	r, err := safetensors.Open(f.path)
	if err != nil {
		return err
	}
	sum := uint64(0)
	for _, info := range r.Tensors() {
		err := r.View(info.Name, func(data []byte) error {
			for i := 0; i < len(data); i += protocol.Page {
				sum += uint64(data[i])
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	f.touched = float64(sum)
	return r.Close()
}

// write is Save without its promises.
func (f *file) write() error {
	out, err := os.Create(f.out)
	if err != nil {
		return err
	}
	return errors.Join(safetensors.Write(out, f.tensors, safetensors.AsIs), out.Close())
}

func (f *file) convert() error {
	r, err := safetensors.Open(f.path)
	if err != nil {
		return err
	}
	infos := r.Tensors()
	for i := range infos {
		infos[i].DType = dtype.BF16
	}
	if err := safetensors.Create(f.out, infos, r.Content); err != nil {
		return err
	}
	return r.Close()
}

func (f *file) Value() float64 {
	if f.touched > 0 {
		return f.touched
	}
	sum, err := protocol.Written(f.out)
	if err != nil {
		panic(err)
	}
	return sum
}
