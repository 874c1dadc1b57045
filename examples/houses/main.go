// Command houses learns what houses cost from a table with numbers and categories, keeps the model in one file, and
// answers from that file alone.
//
//	go run ./examples/houses
package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/train"
)

//go:generate go run ./generate

//go:embed houses.csv
var houses string

//go:embed new.csv
var asked string

func main() {
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "houses")
	if err != nil {
		log.Fatal(err)
	}
	err = run(context.Background(), os.Stdout, dir)
	os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
}

// run leaves the table and the run's files in a folder.
func run(ctx context.Context, w io.Writer, dir string) error {
	table := filepath.Join(dir, "houses.csv")
	if err := os.WriteFile(table, []byte(houses), 0o666); err != nil {
		return err
	}
	c := train.Default("csv:" + table)
	c.Target = "price"
	r, err := train.Run(ctx, c, train.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "on %d houses it has not seen: R² %.2f, off by %.0f on average\n", r.Test.Samples, r.Test.R2, r.Test.MAE)

	model, err := train.Open(filepath.Join(dir, "run", train.WeightsFile)) // the file is all it needs
	if err != nil {
		return err
	}
	t, err := data.ReadTable("new.csv", strings.NewReader(asked))
	if err != nil {
		return err
	}
	x, err := model.Input.Encode(t)
	if err != nil {
		return err
	}
	for i, answer := range model.Predict(x) {
		var cells []string
		for column := range t.Header {
			cells = append(cells, t.Header[column]+" "+t.Cell(i, column))
		}
		fmt.Fprintf(w, "%s: about %.0f\n", strings.Join(cells, ", "), answer.Value)
	}
	return nil
}
