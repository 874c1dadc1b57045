package main

import (
	"fmt"
	"io"
	"os"
)

// mostLoad is the load average over a minute above which other programs are at work: building this one takes less.
const mostLoad = 1

// warnOfLoad says so when other programs take the processor's time. Threads that wait for each other suffer most from
// that, and peers differ in how many they have. Only Linux tells.
func warnOfLoad(w io.Writer, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return
	}
	var load float64
	if _, err := fmt.Sscan(string(text), &load); err == nil && load > mostLoad {
		fmt.Fprintf(w, "the load average is %.1f: other programs are at work, so these ratios are not to be trusted\n", load)
	}
}
