package inspect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/torchfile"
)

// Verification is what a weights file holds to the bit, and what is not right about it. Its JSON form is the manifest that
// [Verification.Against] compares with.
type Verification struct {
	File     string   `json:"file"`     // its path
	Format   string   `json:"format"`   // empty when it cannot be opened
	Tensors  []Hash   `json:"tensors"`  // in the order of the file
	Findings []string `json:"findings"` // a line each, with whatever characters the file has; none: all is well
}

// Hash is the SHA-256 of a tensor's bytes, little-endian and row-major, blocks as the file has them. It does not depend on
// the format of the file.
type Hash struct {
	Name   string `json:"name"`
	DType  string `json:"dtype"`
	Shape  []int  `json:"shape"`
	SHA256 string `json:"sha256"`
}

// Verify opens the weights at path, which checks their structure, and reads every byte. Findings are data hidden between
// the tensors of a GGUF file, before, between or after the entries of a zip or in one that no tensor refers to, and of
// PyTorch's files every Python name that holds more than plain data: pickles are scanned, never run. They are so even where
// such a name is why the file is refused. A file that breaks its format otherwise is an error, and so is one whose data is
// not what its checksums say, or that cannot be read.
func Verify(ctx context.Context, path string) (*Verification, error) {
	v := &Verification{File: path, Tensors: []Hash{}, Findings: []string{}}
	f, err := Open(path)
	if err != nil {
		return v.refused(err)
	}
	defer f.Close()
	v.File, v.Format = f.Path, string(f.Format())
	files := f.Files()
	if f.Format() == serialize.PyTorch {
		for _, file := range files {
			if _, err := v.scan(file); err != nil {
				return nil, err
			}
		}
	}
	if err := v.hidden(f, files); err != nil {
		return nil, err
	}
	return v, v.hash(ctx, f)
}

// refused tells of a file that cannot be opened: a finding where it is PyTorch's and mentions names, else the error.
func (v *Verification) refused(err error) (*Verification, error) {
	var broken *torchfile.FormatError
	if !errors.As(err, &broken) || broken.File == "" {
		return nil, err
	}
	v.File = broken.File
	named, scanErr := v.scan(broken.File)
	if scanErr != nil {
		return nil, scanErr
	}
	if !named {
		return nil, err
	}
	return v, nil
}

func (v *Verification) find(format string, args ...any) {
	v.Findings = append(v.Findings, fmt.Sprintf(format, args...))
}

// scan looks for Python names in the pickles of a file. named tells whether there are some that hold more than plain data. A
// name that comes many times is one finding, and so is the refusal of a file for one.
func (v *Verification) scan(file string) (named bool, err error) {
	r, err := torchfile.Scan(file)
	if err != nil {
		return false, err
	}
	told := map[torchfile.Global]bool{}
	for _, g := range r.Globals {
		where := fmt.Sprintf("at byte %d", g.Offset)
		if g.Entry != "" {
			where = fmt.Sprintf("in %s ", g.Entry) + where
		}
		g.Offset = 0
		if g.Verdict > torchfile.Innocuous && !told[g] {
			told[g] = true
			v.find("%s: %s name %s.%s %s", file, g.Verdict, g.Module, g.Name, where)
		}
	}
	for _, problem := range r.Problems {
		v.find("%s: %s", file, problem)
	}
	if r.Refusal != nil && !errors.Is(r.Refusal, torchfile.ForbiddenGlobal) {
		v.find("%v", r.Refusal)
	}
	return len(told) > 0, nil
}

// hash reads all tensors.
func (v *Verification) hash(ctx context.Context, f *Source) error {
	for _, info := range f.Tensors() {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum := sha256.New()
		err := f.View(info.Name, func(data []byte) error {
			_, err := sum.Write(data)
			return err
		})
		if err != nil {
			return err
		}
		v.Tensors = append(v.Tensors, Hash{info.Name, info.Type, info.Shape, hex.EncodeToString(sum.Sum(nil))})
	}
	return nil
}

// ReadManifest reads what [Verification.WriteJSON] wrote.
func ReadManifest(r io.Reader) (*Verification, error) {
	var m Verification
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		return nil, fmt.Errorf("a manifest is what 'heft verify --json' prints: %w", err)
	}
	if m.Tensors == nil {
		return nil, errors.New("a manifest is what 'heft verify --json' prints: it has no tensors")
	}
	return &m, nil
}

// Against adds a finding for every tensor that is not as the manifest says, that it does not name, or that is missing.
func (v *Verification) Against(manifest *Verification) {
	said := make(map[string]Hash, len(manifest.Tensors))
	for _, h := range manifest.Tensors {
		said[h.Name] = h
	}
	for _, h := range v.Tensors {
		want, ok := said[h.Name]
		delete(said, h.Name)
		switch {
		case !ok:
			v.find("tensor %s: the manifest does not name it", h.Name)
		case h.DType != want.DType || !slices.Equal(h.Shape, want.Shape):
			v.find("tensor %s: it is %s %v, and %s %v in the manifest", h.Name, h.DType, h.Shape, want.DType, want.Shape)
		case h.SHA256 != want.SHA256:
			v.find("tensor %s: its bytes are not those of the manifest", h.Name)
		}
	}
	for _, h := range manifest.Tensors {
		if _, left := said[h.Name]; left {
			v.find("tensor %s: it is missing", h.Name)
		}
	}
}
