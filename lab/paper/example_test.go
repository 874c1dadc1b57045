package paper_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/heft-ml/heft/lab/paper"
)

// A claim of one's own: the mean of a hundred throws.
func ExamplePaper() {
	coin := paper.Paper{
		Name: "coin", Year: 1654, Title: "A coin falls on either side alike", Source: "Pascal 1654",
		Claim: "Heads are as frequent as tails.", Setup: "100 throws.", Rule: "The share of heads is from 0.4 to 0.6.",
		Run: func(_ context.Context, c paper.Config) (paper.Outcome, error) {
			row := paper.Row{Label: "share of heads", Limits: &paper.Limits{Lo: 0.4, Hi: 0.6}}
			for seed := range c.Seeds {
				r := rand.New(rand.NewPCG(uint64(seed), 0))
				heads := 0
				for range 100 {
					heads += r.IntN(2)
				}
				row.Values = append(row.Values, float64(heads)/100)
			}
			return paper.Outcome{Rows: []paper.Row{row}}, nil
		},
	}
	r, err := coin.Reproduce(context.Background(), paper.Config{Seeds: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := r.WriteText(os.Stdout, 100); err != nil {
		fmt.Println(err)
	}
	// Output:
	// A coin falls on either side alike (coin)
	//
	// Pascal 1654: Heads are as frequent as tails.
	//
	// Here: 100 throws.
	//
	// Rule: The share of heads is from 0.4 to 0.6.
	//
	// QUANTITY         MEAN    95% INTERVAL           SEEDS  RULE            HOLDS
	// share of heads  0.498  0.437 to 0.559  0.440 to 0.540  0.400 to 0.600  yes
	//
	// The rule holds.
}
