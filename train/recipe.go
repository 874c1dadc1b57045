package train

import (
	"encoding/json"
	"fmt"
	"runtime"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// Keys of the weights file's metadata.
const (
	recipeKey = "heft.recipe" // JSON of Recipe
	kindsKey  = "heft.kinds"  // JSON of the kind of every tensor
)

// Recipe is what a weights file tells of its making: enough to make it again.
type Recipe struct {
	Config   Config `json:"config"`
	DataHash string `json:"data_hash"` // data.Set.Hash of the training part, validation included
	TestHash string `json:"test_hash"` // of the test part
	Steps    int    `json:"steps"`     // optimizer steps done
	Test     Score  `json:"test"`      // in float32, before the weights were rounded to the file's dtype
	Version  string `json:"version"`   // of Heft
	SIMD     string `json:"simd"`      // level of the kernels: it decides the last bits
	Arch     string `json:"arch"`      // GOARCH
}

func newRecipe(c Config, all, test *data.Set, s *nn.Store, score Score) Recipe {
	return Recipe{c, all.Hash(), test.Hash(), s.Step(), score, heft.Version, simd.Level(), runtime.GOARCH}
}

// metadata returns what goes into the header of the weights file.
func (r Recipe) metadata(s *nn.Store) (map[string]string, error) {
	recipe, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	kinds := map[string]string{}
	for _, p := range s.Params() {
		kinds[p.Name] = p.Kind.String()
	}
	text, err := json.Marshal(kinds)
	if err != nil {
		return nil, err
	}
	return map[string]string{recipeKey: string(recipe), kindsKey: string(text)}, nil
}

// ReadRecipe reads the recipe from a weights file's metadata; ok is false when there is none. The error says why what is
// there cannot be understood.
func ReadRecipe(metadata map[string]string) (r Recipe, ok bool, err error) {
	text, ok := metadata[recipeKey]
	if !ok {
		return r, false, nil
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return r, true, fmt.Errorf("the recipe in the file's metadata is not readable: %w", err)
	}
	return r, true, nil
}

// ReadKinds reads the kind of every tensor from a weights file's metadata; nil when none are told.
func ReadKinds(metadata map[string]string) map[string]initializer.Kind {
	var names map[string]string
	if json.Unmarshal([]byte(metadata[kindsKey]), &names) != nil {
		return nil
	}
	kinds := map[string]initializer.Kind{}
	for _, k := range initializer.Kinds() {
		for tensor, name := range names {
			if name == k.String() {
				kinds[tensor] = k
			}
		}
	}
	return kinds
}
