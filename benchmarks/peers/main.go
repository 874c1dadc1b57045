// Command peers measures Heft beside other libraries: the same perceptron, the same numbers to start from, the same
// batch, Adam, float32, all in one run. The contestants take turns, since a machine has fast and slow minutes, and what
// is printed is the median over the rounds of each one's time in proportion to Heft's.
//
//	python3 -m venv ~/peers && ~/peers/bin/pip install -r requirements.txt
//	go run . -python ~/peers/bin/python
//
// Peers that are not installed are left out, with a message that says so.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"time"

	heft "github.com/heft-ml/heft"
)

// task is a network and its batch.
type task struct {
	batch  int
	widths []int
	warmup int // steps of a round before those that are timed
	steps  int // steps that are timed; few enough for gradients to stay far from subnormal numbers
}

var tasks = []task{
	{batch: 64, widths: []int{784, 512, 256, 10}, warmup: 10, steps: 30},
	{batch: 256, widths: []int{784, 512, 256, 10}, warmup: 5, steps: 10},
	{batch: 32, widths: []int{64, 128, 10}, warmup: 20, steps: 300},
}

func main() {
	log.SetFlags(0)
	python := flag.String("python", "python3", "interpreter that has the packages of requirements.txt")
	rounds := flag.Int("rounds", 15, "rounds of each task")
	pause := flag.Duration("pause", 300*time.Millisecond, "rest between turns, in which the threads of the last one go to sleep")
	flag.Parse()
	if *rounds < 1 || flag.NArg() > 0 {
		log.Fatal("peers: -rounds must be 1 or more, and nothing may follow the flags")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *python, *rounds, *pause, tasks); err != nil {
		log.Fatalf("peers: %v", err)
	}
}

func run(ctx context.Context, w io.Writer, python string, rounds int, pause time.Duration, tasks []task) error {
	warnOfLoad(w, "/proc/loadavg")
	contestants := []contestant{heftPeer{}, gonumPeer{}}
	fmt.Fprintf(w, "Heft %s, %s, GOMAXPROCS %d, %s/%s\n", heft.Version, runtime.Version(), runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH)
	for _, library := range []string{"torch", "jax"} {
		p, err := startPython(ctx, python, library)
		if err != nil {
			fmt.Fprintf(w, "%s is left out: %v\n", library, err)
			continue
		}
		defer p.close()
		fmt.Fprintln(w, p.about)
		contestants = append(contestants, p)
	}
	for _, t := range tasks {
		fmt.Fprintf(w, "\nMLP %v, batch %d: %d rounds of %d steps\n", t.widths, t.batch, rounds, t.steps)
		results, err := compete(ctx, contestants, t, rounds, pause)
		if err != nil {
			return err
		}
		if err := writeTable(w, results); err != nil {
			return err
		}
	}
	return nil
}
