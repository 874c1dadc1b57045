// Command peers measures Heft beside other libraries: the same work, from the same numbers, in float32, all in one run. The
// contestants take turns of some hundredths of a second, since a machine has fast and slow minutes, and what counts is the
// median over the rounds of each one's time in proportion to Heft's in the same round.
//
//	go run .                                                  all, in about half an hour
//	go run . -works 'MLP.*batch 64' -peers 'heft|torch|jax'   some
//	go run . -doc ../../docs/performance.md                   all, written to the documentation
//
// Libraries in Python are installed once into an environment in the user's cache folder: several gigabytes. A peer that is
// not to be had is left out, with a message that says why. To add a work load, see works.go; to add a peer, peers.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// options are the flags.
type options struct {
	python string
	peers  *regexp.Regexp
	works  *regexp.Regexp
	cores  []int
	rounds int
	fileMB int64
	with   []string
	doc    string
}

// parse reads the flags.
func parse(args []string) (options, error) {
	o := options{peers: new(regexp.Regexp), works: new(regexp.Regexp)}
	anything := regexp.MustCompile("")
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	flags.StringVar(&o.python, "python", "", "`interpreter` that has the packages of requirements.txt (default: made in the cache folder)")
	flags.TextVar(o.peers, "peers", anything, "take the peers whose key matches: "+keys())
	flags.TextVar(o.works, "works", anything, "take the work loads whose section and name match, as in 'one core: MLP 64'")
	flags.IntVar(&o.rounds, "rounds", 15, "rounds of each work load")
	flags.Int64Var(&o.fileMB, "file-mb", 1024, "how many `MiB` the file has that the section Files works on")
	flags.StringVar(&o.doc, "doc", "", "`file` whose generated part is to hold the report")
	cores := flags.String("cores", defaultCores(), "how many cores the contestants have, in one section after the other")
	flags.Func("with", "another `program` that takes part, such as an older build of ./heft", func(program string) error {
		o.with = append(o.with, program)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q: nothing may follow the flags", flags.Arg(0))
	}
	if o.rounds < 1 {
		return o, fmt.Errorf("-rounds %d: it takes at least one", o.rounds)
	}
	if o.fileMB < 1 {
		return o, fmt.Errorf("-file-mb %d: it takes at least one", o.fileMB)
	}
	for c := range strings.SplitSeq(*cores, ",") {
		n, err := strconv.Atoi(c)
		if err != nil || n < 1 || n > runtime.NumCPU() {
			return o, fmt.Errorf("-cores %q: numbers from 1 to %d, with commas between", *cores, runtime.NumCPU())
		}
		if n != runtime.NumCPU() && !canPin {
			return o, fmt.Errorf("-cores %q: only Linux can keep a process on some of the cores", *cores)
		}
		o.cores = append(o.cores, n)
	}
	return o, nil
}

// defaultCores is all of them, and then one where a process can be kept on it.
func defaultCores() string {
	if n := runtime.NumCPU(); n > 1 && canPin {
		return fmt.Sprintf("%d,1", n)
	}
	return strconv.Itoa(runtime.NumCPU())
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("peers: ")
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err = run(ctx, os.Stdout, o)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}
