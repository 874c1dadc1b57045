// Command generate makes the houses: invented ones, whose prices follow from what their columns say, and some chance.
package main

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const (
	forSale = 600 // houses to learn from
	asked   = 5   // houses whose price is to be predicted
)

// cities and what a house costs more there.
var cities = []struct {
	name  string
	extra float64
}{{"Oslo", 60_000}, {"Paris", 110_000}, {"Rome", 20_000}}

func main() {
	log.SetFlags(0)
	if err := write("."); err != nil {
		log.Fatal(err)
	}
}

// write makes houses.csv and new.csv, which lacks the prices, in a folder.
func write(dir string) error {
	r := rand.New(rand.NewPCG(1, 1))
	for _, f := range []struct {
		name   string
		houses int
		priced bool
	}{{"houses.csv", forSale, true}, {"new.csv", asked, false}} {
		out, err := os.Create(filepath.Join(dir, f.name))
		if err != nil {
			return err
		}
		defer out.Close()
		if err := table(out, r, f.houses, f.priced); err != nil {
			return err
		}
	}
	return nil
}

func table(w io.Writer, r *rand.Rand, houses int, priced bool) error {
	header := "size,rooms,city,garden"
	if priced {
		header += ",price"
	}
	if _, err := fmt.Fprintln(w, header); err != nil {
		return err
	}
	for range houses {
		size, rooms, city, garden := 30+170*r.Float64(), 1+r.IntN(6), cities[r.IntN(len(cities))], "no"
		price := 2000*size + 8000*float64(rooms) + city.extra + 10_000*r.NormFloat64()
		if r.IntN(3) == 0 {
			garden = "yes"
			price += 150 * size
		}
		line := fmt.Sprintf("%.0f,%d,%s,%s", size, rooms, city.name, garden)
		if priced {
			line += fmt.Sprintf(",%.0f", price)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
