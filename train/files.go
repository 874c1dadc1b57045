package train

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Names of a run's files.
const (
	WeightsFile = "model.safetensors"
	ConfigFile  = "config.json"
	MetricsFile = "metrics.csv"
	PlotFile    = "loss.svg"
)

// openFolder makes the folder for a run's files and makes sure that it can be written, before hours of training.
// abandon removes the folder if nothing came to stand in it.
func openFolder(dir string) (abandon func(), err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	probe, err := os.CreateTemp(dir, ".probe.tmp-*")
	if err != nil {
		return nil, err
	}
	probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		return nil, err
	}
	return func() { _ = os.Remove(dir) }, nil // fails, as it should, where there are files
}

// save writes the run's files, the weights last. Each replaces an older one in one step.
func (r *Result) save(dir string) error {
	for _, f := range []struct {
		name  string
		write func(w io.Writer) error
	}{{ConfigFile, r.writeConfig}, {MetricsFile, r.writeMetrics}, {PlotFile, r.writePlot}} {
		if err := atomicfile.Write(filepath.Join(dir, f.name), f.write); err != nil {
			return err
		}
	}
	metadata, err := r.Recipe.metadata(r.Store)
	if err != nil {
		return err
	}
	return safetensors.Save(filepath.Join(dir, WeightsFile), r.Store.Tensors(), r.Config.SaveDType, safetensors.Metadata(metadata))
}

func (r *Result) writeConfig(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r.Config)
}

// writeMetrics writes a row an epoch. Numbers are the shortest text that reads back as the same value; seconds, the only
// column that differs between two equal runs, is the last.
func (r *Result) writeMetrics(w io.Writer) error {
	rows := csv.NewWriter(w)
	rows.Write([]string{"epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr", "grad_norm", "seconds"})
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for _, e := range r.Epochs {
		loss, accuracy := "", ""
		if e.Validation.Samples > 0 {
			loss, accuracy = number(e.Validation.Loss), number(e.Validation.Accuracy)
		}
		rows.Write([]string{
			strconv.Itoa(e.Epoch), strconv.Itoa(e.Step), number(e.Train.Loss), number(e.Train.Accuracy), loss, accuracy,
			number(e.LR), number(e.GradNorm), strconv.FormatFloat(e.Elapsed.Seconds(), 'f', 3, 64),
		})
	}
	rows.Flush()
	return rows.Error()
}

// Open loads a run's folder: its configuration and the model with its weights.
func Open(dir string) (Config, *nn.Store, nn.Layer, error) {
	c, err := ReadConfig(filepath.Join(dir, ConfigFile))
	if err != nil {
		return c, nil, nil, err
	}
	scheme, err := initializer.Parse(c.Init)
	if err != nil {
		return c, nil, nil, err
	}
	train, _, err := data.Open(c.Data, c.DataSeed)
	if err != nil {
		return c, nil, nil, err
	}
	s := nn.NewStore(c.Seed, scheme)
	var model nn.Layer
	if mistake := autograd.Catch(func() { model, err = c.build(s, train.Features(), len(train.Classes)) }); mistake != nil {
		err = mistake
	}
	if err != nil {
		return c, nil, nil, err
	}
	path := filepath.Join(dir, WeightsFile)
	f, err := safetensors.Open(path)
	if err != nil {
		return c, nil, nil, err
	}
	defer f.Close()
	if _, err := s.Load(f.All()); err != nil {
		return c, nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, s, model, nil
}
