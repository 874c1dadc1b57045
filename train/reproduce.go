package train

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Reproduction is what came of making weights again from the recipe in their file.
type Reproduction struct {
	Recipe  Recipe
	Tensors int
	Values  int
	First   *Divergence // nil: every bit is the same
	Causes  []string    // what is not as it was when the file was made; it may explain a divergence
}

// Divergence is the first value that differs, in the model's order.
type Divergence struct {
	Tensor     string
	Index      int     // row-major
	File, Made float32 // what the file has, and what the recipe gives
}

// Reproduce trains again as the recipe in a weights file (or a run's folder) says and compares the result with the file,
// bit for bit. The data are looked for beside the file too. An error means that it could not be tried.
func Reproduce(ctx context.Context, path string, o Options) (*Reproduction, error) {
	path = weightsPath(path)
	tensors, metadata, err := safetensors.Load(path)
	if err != nil {
		return nil, orUnfinished(path, err)
	}
	recipe, ok, err := ReadRecipe(metadata)
	if err == nil && !ok {
		err = errNoRecipe
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	o.Data = append(o.Data[:len(o.Data):len(o.Data)], besides(path))
	l, err := loadLoop(recipe.Config, o)
	if err != nil {
		return nil, fmt.Errorf("%s: the recipe cannot be followed: %w", path, err)
	}
	rep := &Reproduction{Recipe: recipe}
	if rep.Causes, err = causes(path, recipe, tensors, l.recipe.Data); err != nil {
		return nil, err
	}
	r, err := l.finish(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rep, rep.compare(tensors, r.Store.Tensors(), recipe.Config.SaveDType)
}

// causes lists what is not as it was when the file was made.
func causes(path string, r Recipe, tensors []dtype.Tensor, now DataHashes) (causes []string, err error) {
	if causes, err = r.changes(tensors); err != nil {
		return nil, err
	}
	note := func(format string, args ...any) { causes = append(causes, fmt.Sprintf(format, args...)) }
	if slices.Contains(causes, brokenSeal) {
		if c, err := ReadConfig(filepath.Join(filepath.Dir(path), ConfigFile)); err == nil {
			if name, a, b := firstDifference(r.Config, c); name != "" {
				note("%s is %v in the recipe, but %v in the run's %s", name, a, b, ConfigFile)
			}
		}
	}
	for _, part := range []struct{ name, was, is string }{
		{"training", r.Data.Train, now.Train}, {"validation", r.Data.Validation, now.Validation}, {"test", r.Data.Test, now.Test},
	} {
		if part.was != part.is {
			note("the data changed: the %s part of %s is not what it was", part.name, r.Config.Spec.Name)
		}
	}
	if r.Version != heft.Version {
		note("the version is %s, but was %s", heft.Version, r.Version)
	}
	if r.SIMD != simd.Level() || r.Arch != runtime.GOARCH {
		note("the processor's level is %s/%s, but was %s/%s", runtime.GOARCH, simd.Level(), r.Arch, r.SIMD)
	}
	return causes, nil
}

// compare finds the first value that differs.
func (rep *Reproduction) compare(file, made []dtype.Tensor, dt dtype.DType) error {
	byName := map[string]dtype.Tensor{}
	for _, t := range file {
		byName[t.Name] = t
	}
	for _, t := range made {
		f, ok := byName[t.Name]
		if !ok {
			return fmt.Errorf("the file lacks tensor %q", t.Name)
		}
		var b bytes.Buffer
		if err := t.WriteAs(&b, dt, dtype.AllowInf); err != nil {
			return err
		}
		rep.Tensors++
		rep.Values += t.NumElements()
		if rep.First != nil || f.DType == dt && bytes.Equal(f.Data, b.Bytes()) {
			continue
		}
		t.DType, t.Data = dt, b.Bytes()
		d, err := diverge(f, t)
		if err != nil {
			return err
		}
		rep.First = d
	}
	return nil
}

// diverge returns where two tensors of one name first differ in their bits.
func diverge(file, made dtype.Tensor) (*Divergence, error) {
	a, err := file.Float32s(nil, dtype.AllowInf)
	if err != nil {
		return nil, err
	}
	b, err := made.Float32s(nil)
	if err != nil {
		return nil, err
	}
	size := made.DType.Bits() / 8
	for i := range min(len(a), len(b)) {
		same := a[i] == b[i]
		if file.DType == made.DType {
			same = bytes.Equal(file.Data[i*size:(i+1)*size], made.Data[i*size:(i+1)*size])
		}
		if !same {
			return &Divergence{made.Name, i, a[i], b[i]}, nil
		}
	}
	return nil, fmt.Errorf("tensor %q of the file has dtype %v and shape %v, but the recipe gives %v and %v",
		made.Name, file.DType, file.Shape, made.DType, made.Shape)
}
