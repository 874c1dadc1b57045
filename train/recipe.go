package train

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// Keys of the weights file's metadata.
const (
	RecipeKey = "heft.recipe" // JSON of Recipe
	inputKey  = "heft.input"  // JSON of data.Input; of a model of text it is TokenizerKey instead
	KindsKey  = "heft.kinds"  // JSON of the kind of every tensor
)

// Recipe is what a weights file tells of its making: enough to make it again, and to notice what changed since.
type Recipe struct {
	Config  Config     `json:"config"`
	Data    DataHashes `json:"data_hashes"`
	Steps   int        `json:"steps"`             // optimizer steps done
	Test    Score      `json:"test"`              // in float32, before the weights were rounded to the file's dtype
	Version string     `json:"version"`           // of Heft
	SIMD    string     `json:"simd"`              // level of the kernels: it decides the last bits
	Arch    string     `json:"arch"`              // GOARCH
	Weights string     `json:"weights,omitempty"` // SHA-256 over the file's tensors
	Seal    string     `json:"seal,omitempty"`    // SHA-256 over all of the above
}

// DataHashes name the content of the parts of a data set: data.Set.Hash of each, or data.Text.Hash. The test part of a text
// is the one that is held out.
type DataHashes struct {
	Train      string `json:"train"`
	Validation string `json:"validation,omitempty"`
	Test       string `json:"test"`
}

func newRecipe(c Config, d DataHashes) Recipe {
	return Recipe{Config: c, Data: d, Version: heft.Version, SIMD: simd.Level(), Arch: runtime.GOARCH}
}

// sealed returns the recipe with its seal: whoever changes a word of it by hand breaks it.
func (r Recipe) sealed() (Recipe, error) {
	r.Seal = ""
	text, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	sum := sha256.Sum256(text)
	r.Seal = hex.EncodeToString(sum[:])
	return r, nil
}

// What a recipe tells of a file that was changed after training.
const (
	brokenSeal    = "the recipe was changed after training: its seal is broken"
	otherChecksum = "the weights were changed after training: their checksum is not the recipe's"
)

// changes lists what was changed in a file with this recipe and these tensors after training.
func (r Recipe) changes(tensors []dtype.Tensor) (changes []string, err error) {
	sealed, err := r.sealed()
	if err != nil {
		return nil, err
	}
	if sealed.Seal != r.Seal {
		changes = append(changes, brokenSeal)
	}
	if weights, err := hashTensors(tensors, r.Config.SaveDType); err != nil || weights != r.Weights {
		changes = append(changes, otherChecksum)
	}
	return changes, nil
}

// hashTensors returns SHA-256 over names, shapes and bytes as dtype dt holds them, sorted by name.
func hashTensors(tensors []dtype.Tensor, dt dtype.DType) (string, error) {
	sorted := slices.SortedFunc(slices.Values(tensors), func(a, b dtype.Tensor) int { return strings.Compare(a.Name, b.Name) })
	h := sha256.New()
	for _, t := range sorted {
		fmt.Fprintf(h, "%q %v %v\n", t.Name, dt, t.Shape)
		if err := t.WriteAs(h, dt, dtype.AllowInf); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// metadata returns what goes into the header of the weights file; input, under its key, is what turns new input into
// numbers.
func (r Recipe) metadata(s *nn.Store, inputKey string, input any) (map[string]string, error) {
	kinds := map[string]initializer.Kind{}
	for _, p := range s.Params() {
		kinds[p.Name] = p.Kind
	}
	m := map[string]string{}
	for key, v := range map[string]any{RecipeKey: r, inputKey: input, KindsKey: kinds} {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		m[key] = string(text)
	}
	return m, nil
}

// ReadRecipe reads the recipe from a weights file's metadata; ok is false when there is none. The error says why what is
// there cannot be understood.
func ReadRecipe(metadata map[string]string) (r Recipe, ok bool, err error) {
	text, ok := metadata[RecipeKey]
	if !ok {
		return r, false, nil
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, true, fmt.Errorf("the recipe in the file's metadata is not readable: %w", err)
	}
	if r.Config.Model == "" {
		return r, true, fmt.Errorf("the recipe in the file's metadata (%s) names no model: it is none that heft train wrote", RecipeKey)
	}
	return r, true, nil
}

// ReadKinds reads the kind of every tensor from a weights file's metadata; nil when none are told.
func ReadKinds(metadata map[string]string) map[string]initializer.Kind {
	var kinds map[string]initializer.Kind
	if json.Unmarshal([]byte(metadata[KindsKey]), &kinds) != nil {
		return nil
	}
	return kinds
}
