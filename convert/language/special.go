package language

import (
	"encoding/json"
	"fmt"

	"github.com/heft-ml/heft/tokenizer"
)

// specialToken is a token that no text is merged to, such as the end of a text. In the tokenizers of Heft it is a token as
// any other, which texts do not come to have; transformers and llama.cpp find it where a text spells it.
type specialToken struct {
	ID      int    `json:"id"`
	Text    string `json:"content"`
	Word    bool   `json:"single_word"`
	Left    bool   `json:"lstrip"`
	Right   bool   `json:"rstrip"`
	Normal  bool   `json:"normalized"`
	Control bool   `json:"special"` // it says something to a program, and is not shown
}

// takeSpecial takes the added tokens out of a tokenizer.json, and puts them into its vocabulary as what they are without:
// texts in the signs of bytes.
func takeSpecial(text []byte) (rest []byte, added []specialToken, err error) {
	var is struct {
		Added []specialToken `json:"added_tokens"`
	}
	if json.Unmarshal(text, &is) != nil || len(is.Added) == 0 {
		return text, nil, nil // what else is wrong, tokenizer.Read says
	}
	rest, err = reworded(text, nil, func(vocabulary map[string]int) error {
		for _, s := range is.Added {
			if s.Word || s.Left || s.Right {
				return fmt.Errorf("added token %.40q takes what is around it into account, which is not supported", s.Text)
			}
			if id, there := vocabulary[s.Text]; there && id == s.ID {
				delete(vocabulary, s.Text)
			}
			signs := tokenizer.Signs([]byte(s.Text))
			if id, taken := vocabulary[signs]; taken {
				return fmt.Errorf("added token %.40q has id %d, but token %d is the same text", s.Text, s.ID, id)
			}
			vocabulary[signs] = s.ID
		}
		return nil
	})
	return rest, is.Added, err
}

// putSpecial puts added tokens into a tokenizer.json whose vocabulary has them, and has their texts stand there as they are.
func putSpecial(text []byte, added []specialToken) ([]byte, error) {
	if len(added) == 0 {
		return text, nil
	}
	return reworded(text, added, func(vocabulary map[string]int) error {
		for _, s := range added {
			delete(vocabulary, tokenizer.Signs([]byte(s.Text)))
			vocabulary[s.Text] = s.ID
		}
		return nil
	})
}

// reworded returns a tokenizer.json with other added tokens and a changed vocabulary.
func reworded(text []byte, added []specialToken, change func(vocabulary map[string]int) error) ([]byte, error) {
	var file, model map[string]json.RawMessage
	var vocabulary map[string]int
	err := json.Unmarshal(text, &file)
	if err == nil {
		err = json.Unmarshal(file["model"], &model)
	}
	if err == nil {
		err = json.Unmarshal(model["vocab"], &vocabulary)
	}
	if err == nil && vocabulary == nil {
		err = fmt.Errorf("model.vocab is null")
	}
	if err == nil {
		err = change(vocabulary)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tokenizerFile, err)
	}
	if model["vocab"], err = json.Marshal(vocabulary); err != nil {
		return nil, err
	}
	if file["model"], err = json.Marshal(model); err != nil {
		return nil, err
	}
	if file["added_tokens"], err = json.Marshal(append([]specialToken{}, added...)); err != nil {
		return nil, err
	}
	return json.Marshal(file)
}

// textOf returns the text of a special token, "" of any other.
func textOf(id *int, added []specialToken) string {
	for _, s := range added {
		if id != nil && s.ID == *id {
			return s.Text
		}
	}
	return ""
}
