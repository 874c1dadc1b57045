package language

import (
	"encoding/json"
	"fmt"

	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/train"
)

// OtherError says that a file or folder is not that of a GPT-2 or a Llama.
type OtherError struct {
	Path, Reason string
	Trained      bool // it is a run of Heft, but none on a text
}

// Error names the path and says what was seen there.
func (e *OtherError) Error() string {
	return fmt.Sprintf("%q is no GPT-2 and no Llama: %s", e.Path, e.Reason)
}

// unknown says why nothing tells of which model weights are, of a file or of a folder.
func unknown(m serialize.Metadata, folder *serialize.Folder) *OtherError {
	other := func(format string, args ...any) *OtherError { return &OtherError{Reason: fmt.Sprintf(format, args...)} }
	if _, text, err := train.ReadTextModel(texts(m)); has(m, train.RecipeKey) && !text && err == nil {
		return &OtherError{Reason: "it is a run, but none on a text", Trained: true}
	}
	var config map[string]json.RawMessage
	switch err := json.Unmarshal(folder.Config, &config); {
	case folder.Weights == nil:
		return other("it is a file of weights alone; of a model name the folder, where a %s says what the weights are of", configFile)
	case folder.Config == nil:
		return other("there is no %s, which would say what the weights are of", configFile)
	case err != nil:
		return other("its %s is no JSON object: %v", configFile, err)
	}
	return other("its %s has no model_type, as gpt2 or llama", configFile)
}
