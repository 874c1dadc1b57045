package serialize

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// joined is files that an index joins.
type joined struct {
	parts  []File
	names  []string // of their files, beside the index
	infos  []dtype.Info
	holder map[string]File // of each tensor
}

// Format returns that of the first file; an index of nothing is safetensors.
func (j *joined) Format() Format {
	if len(j.parts) == 0 {
		return Safetensors
	}
	return j.parts[0].Format()
}

// Files returns the names of the files, which lie beside the index or below its folder.
func (j *joined) Files() []string { return slices.Clone(j.names) }

// Tensors lists those of all files in the order of the files' names.
func (j *joined) Tensors() []dtype.Info {
	infos := slices.Clone(j.infos)
	for i := range infos {
		infos[i].Shape = slices.Clone(infos[i].Shape)
	}
	return infos
}

// Metadata returns that of the first file that has some.
func (j *joined) Metadata() Metadata {
	for _, part := range j.parts {
		if m := part.Metadata(); len(m) > 0 {
			return m
		}
	}
	return nil
}

// find returns the file that has a tensor.
func (j *joined) find(name string) (File, error) {
	if part := j.holder[name]; part != nil {
		return part, nil
	}
	return nil, &IndexError{Tensor: name, Detail: "no file has it: use a name that Tensors lists", Err: fs.ErrNotExist}
}

// View shows a tensor's bytes.
func (j *joined) View(name string, see func(data []byte) error) error {
	part, err := j.find(name)
	if err != nil {
		return err
	}
	return part.View(name, see)
}

// Stored returns a tensor as its file has it.
func (j *joined) Stored(name string) (dtype.Stored, error) {
	part, err := j.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	return part.Stored(name)
}

// Decoded returns a tensor as numbers.
func (j *joined) Decoded(name string) (dtype.Stored, error) {
	part, err := j.find(name)
	if err != nil {
		return dtype.Stored{}, err
	}
	return part.Decoded(name)
}

// Read reads a tensor.
func (j *joined) Read(name string) (dtype.Tensor, error) {
	part, err := j.find(name)
	if err != nil {
		return dtype.Tensor{}, err
	}
	return part.Read(name)
}

// Close closes all files.
func (j *joined) Close() error {
	var errs []error
	for _, part := range j.parts {
		errs = append(errs, part.Close())
	}
	return errors.Join(errs...)
}
