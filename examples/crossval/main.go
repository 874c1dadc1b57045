// Command crossval tests the default recipe for digits by five-fold cross-validation: each digit is tested once, by a
// network that has not seen it.
//
//	go run ./examples/crossval
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/train"
)

const folds = 5

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if _, err := run(ctx, os.Stdout, train.Default("digits")); err != nil {
		log.Fatal(err)
	}
}

// run returns the share of all digits that were put in their class.
func run(ctx context.Context, w io.Writer, c train.Config) (accuracy float64, err error) {
	all := data.DigitsFull()
	fold, right := 0, 0.0
	for training, test := range all.KFold(folds, 1) {
		r, err := train.Fit(ctx, c, training, test, nil)
		if err != nil {
			return 0, err
		}
		fold++
		right += r.Test.Accuracy * float64(test.Len())
		fmt.Fprintf(w, "fold %d of %d: %d digits, accuracy %.1f%%\n", fold, folds, test.Len(), 100*r.Test.Accuracy)
	}
	accuracy = right / float64(all.Len())
	_, err = fmt.Fprintf(w, "together: %d digits, accuracy %.2f%%\n", all.Len(), 100*accuracy)
	return accuracy, err
}
