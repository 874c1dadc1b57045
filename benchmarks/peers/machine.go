package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine names the processor and its cores, as far as the system tells.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores", model, runtime.NumCPU())
}

// mostLoad is the load average over a minute above which other programs are at work: the contestants are no more than one
// busy process at a time.
const mostLoad = 1.5

// busy says when other programs take the processor's time. Only Linux tells.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return busyText(string(text), float64(runtime.NumCPU()))
}

func busyText(loadavg string, cores float64) string {
	var load float64
	if _, err := fmt.Sscan(loadavg, &load); err != nil || load <= mostLoad*cores {
		return ""
	}
	return fmt.Sprintf("The load average was %.1f: other programs were at work, and these ratios are not to be trusted.", load)
}
