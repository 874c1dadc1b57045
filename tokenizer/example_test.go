package tokenizer_test

import (
	"fmt"

	"github.com/heft-ml/heft/tokenizer"
)

func ExampleTrain() {
	text := "she sells sea shells by the sea shore"
	for _, kind := range []string{"chars", "bpe:262"} {
		t, err := tokenizer.Train(kind, text)
		if err != nil {
			fmt.Println(err)
			return
		}
		ids, err := t.Encode("sea shells")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %d ids known, %v is %q\n", t, t.Len(), ids, t.Decode(ids))
	}
	// Output:
	// chars: 11 ids known, [8 3 1 0 8 4 3 5 5 8] is "sea shells"
	// bpe:262: 262 ids known, [82 68 64 256 257 261] is "sea shells"
}
