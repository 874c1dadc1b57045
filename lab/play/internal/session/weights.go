package session

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Save returns the weights as a safetensors file, which says what made them.
func (s *Session) Save() ([]byte, error) {
	var file bytes.Buffer
	made := map[string]string{
		"heft.lab": s.experiment.Setup.String(), "heft.step": strconv.Itoa(s.experiment.Store.Step()),
	}
	err := safetensors.Write(&file, s.experiment.Store.Tensors(), dtype.F32, safetensors.Metadata(made))
	return file.Bytes(), err
}

// Load takes the weights of a safetensors file for a network of the same shape. What the optimizer remembers stays, unless
// the network exploded: that is NaN. Errors say what does not fit; then nothing changes.
func (s *Session) Load(file []byte) error {
	f, err := safetensors.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	if _, err := s.experiment.Store.Load(f.All()); err != nil {
		return fmt.Errorf("these weights are of another network: %w", err)
	}
	if s.exploded == nil {
		return nil
	}
	s.exploded = nil
	return s.experiment.Optimizer.Restore(s.blank)
}
