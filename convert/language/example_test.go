package language_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/train"
)

// A Llama that Heft trained becomes a file that llama.cpp opens, and a folder that transformers opens.
func ExampleModel_Write() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text := filepath.Join(dir, "rays.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("so the rays go on and ", 100)), 0o666); err != nil {
		log.Fatal(err)
	}
	c := train.DefaultFor("text:"+text, "llama:layers=1,width=32,heads=2,kv=1,context=16")
	c.Steps = 2
	if _, err := train.Run(context.Background(), c, train.Options{Out: filepath.Join(dir, "run")}); err != nil {
		log.Fatal(err)
	}
	m, err := language.Open(filepath.Join(dir, "run"))
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	for _, to := range []language.Form{language.GGUF, language.HuggingFace} {
		r, err := m.Write(context.Background(), filepath.Join(dir, "rays."+string(to)), to, language.Options{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.Architecture(), "as", to, "has", r.Tensors, "tensors")
	}
	// Output:
	// llama as gguf has 12 tensors
	// llama as hf has 12 tensors
}
