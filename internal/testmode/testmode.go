// Package testmode holds the two flags that widen the tests. Every test package imports it, so that
// `go test ./... -long` is understood everywhere.
//
//	-long   all SIMD levels, exhaustive halves, files exchanged with other tools: what CI runs
//	-full   training to accuracy, papers, long fuzzing: what a release runs
package testmode

import "flag"

var (
	long = flag.Bool("long", false, "also run exhaustive and interop tests")
	full = flag.Bool("full", false, "also run tests that take minutes (implies -long)")
)

// Long tells whether exhaustive tests and exchanges with other tools were asked for.
func Long() bool { return *long || *full }

// Full tells whether tests that take minutes were asked for.
func Full() bool { return *full }
