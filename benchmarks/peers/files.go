package main

import (
	"fmt"
	"io"
	"math"

	"github.com/heft-ml/heft/benchmarks"
	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// filesOf is how many tensors the file of the section Files has.
const filesOf = 256

// files are work loads on a file of about so many bytes, which is in the system's cache by then.
func files(bytes int64) []protocol.Work {
	size := fmt.Sprintf("%d MiB of %d tensors: ", bytes>>20, filesOf)
	return []protocol.Work{
		{Name: size + "open, touch every page", Kind: protocol.Touch, Bytes: bytes, Count: filesOf},
		{Name: size + "write", Kind: protocol.Write, Bytes: bytes, Count: filesOf},
		{Name: size + "save, on the disk", Kind: protocol.Save, Bytes: bytes, Count: filesOf},
		{Name: size + "float32 to bfloat16", Kind: protocol.ToBF16, Bytes: bytes, Count: filesOf},
		{Name: size + "float32 to bfloat16, on the disk", Kind: protocol.SaveBF16, Bytes: bytes, Count: filesOf},
	}
}

// writeFile writes the file that a work load is about: matrices of 256 columns, which all hold the same numbers.
func writeFile(path string, w protocol.Work) error {
	const columns = 256
	rows := max(1, int(w.Bytes/int64(w.Count)/4/columns))
	t, err := dtype.FromFloat32s("", []int{rows, columns}, benchmarks.Normal(rows*columns), dtype.F32)
	if err != nil {
		return err
	}
	infos := make([]dtype.Info, w.Count)
	for i := range infos {
		infos[i] = dtype.Info{Name: fmt.Sprintf("layers.%d.weight", i), DType: t.DType, Shape: t.Shape}
	}
	return safetensors.Create(path, infos, func(_ dtype.Info, w io.Writer) error {
		_, err := w.Write(t.Data)
		return err
	})
}

// writeFiles writes one table for each work load: the time of a step, the bytes of float32 a second, and the memory that it took.
func writeFiles(w io.Writer, outcomes []outcome) {
	for _, o := range outcomes {
		fmt.Fprintf(w, "\n| %s | ms | x %s's (quartiles) | GB/s | memory that no file has, MiB |\n|---|--:|--:|--:|--:|\n", o.work.Name, o.results[0].name)
		for i, r := range o.results {
			if r.left != "" {
				fmt.Fprintf(w, "| %s | left out: %s | | | |\n", r.name, r.left)
				continue
			}
			memory := math.NaN()
			if r.memory > 0 {
				memory = r.memory / (1 << 20)
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", r.name, number(1e3*r.median()), spread(o.ratios(i)), number(float64(o.work.Bytes)/r.median()/1e9), number(memory))
		}
	}
}

// fileAims are those beside the safetensors library, and the memory of a conversion.
func fileAims(outcomes []outcome) (aims []aim) {
	least := map[protocol.Kind]float64{protocol.Touch: 1, protocol.Write: 1, protocol.Save: 1, protocol.ToBF16: 1.3, protocol.SaveBF16: 1.3}
	for _, o := range outcomes {
		aims = append(aims, aim{o.work.Name + ": safetensors.torch's time / Heft's", least[o.work.Kind], o.times("torch")})
		if heft := o.results[0]; o.work.Kind == protocol.ToBF16 && heft.memory > 0 {
			aims = append(aims, aim{o.work.Name + ": 64 MiB / Heft's memory that no file has", 1, (64 << 20) / heft.memory})
		}
	}
	return aims
}
