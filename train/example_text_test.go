package train_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/train"
)

// A model learns a text by heart and writes it down.
func ExampleOpenText() {
	dir, err := os.MkdirTemp("", "heft")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "rays.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("so the rays go on and ", 100)), 0o666); err != nil {
		log.Fatal(err)
	}
	c := train.DefaultFor("text:"+path, "gpt:layers=1,width=32,heads=2,context=16")
	c.Steps, c.LR = 200, 0.01
	if _, err := train.Run(context.Background(), c, train.Options{Out: filepath.Join(dir, "run")}); err != nil {
		log.Fatal(err)
	}
	m, err := train.OpenText(filepath.Join(dir, "run"))
	if err != nil {
		log.Fatal(err)
	}
	tokens, err := m.Generate(context.Background(), "so the", 15, models.Sampling{})
	if err != nil {
		log.Fatal(err)
	}
	for token := range tokens {
		fmt.Printf("%s", token)
	}
	// Output: rays go on and
}
