package train_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/heft-ml/heft/train"
)

func ExampleCompare() {
	root, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	var dirs []string
	for _, init := range []string{"xavier-uniform", "zeros"} {
		c := train.Default("circles")
		c.Init, c.Epochs = init, 30
		dir := filepath.Join(root, init)
		if _, err := train.Run(context.Background(), c, train.Options{Out: dir}); err != nil {
			log.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	c, err := train.Compare(dirs...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("they differ in", c.Differing)
	for _, r := range c.Runs {
		fmt.Printf("%s: learned %v\n", r.Config.Init, r.Best.Score > 0.9)
	}
	// Output:
	// they differ in [init]
	// xavier-uniform: learned true
	// zeros: learned false
}
