package tensorboard

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// TensorBoard takes every file for events whose name has infix in it, and reads those of a folder in the order of their names.
const (
	infix  = "tfevents"
	prefix = "events.out." + infix + "."
)

// createLast makes a file that no file of events in dir comes after. Its name has the time in seconds, or a later one: two
// writers of one second, and a clock that was put back, are given the next that is free.
func createLast(dir string, seconds int64, suffix string) (*os.File, error) {
	last, err := lastFile(dir)
	if err != nil {
		return nil, err
	}
	end := "." + clean(hostname()) + clean(suffix)
	seconds = max(seconds, 0, secondsOf(last)+1)
	for {
		name := fmt.Sprintf("%s%010d%s", prefix, seconds, end)
		if name <= last {
			return nil, fmt.Errorf("%q in %q would be read after any new file of events: rename or remove it", last, dir)
		}
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		seconds++
	}
}

// eventFiles lists the names of a folder's files of events, in the order in which they are read.
func eventFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.Contains(e.Name(), infix) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// lastFile is the name of the file of events that is read last, empty when there is none.
func lastFile(dir string) (string, error) {
	names, err := eventFiles(dir)
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[len(names)-1], nil
}

// secondsOf is the time in a file's name, or -1.
func secondsOf(name string) int64 {
	rest, ok := strings.CutPrefix(name, prefix)
	digits, _, _ := strings.Cut(rest, ".")
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return -1
	}
	return seconds
}

func hostname() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "localhost"
	}
	return host
}

// clean leaves in a part of a file's name only what is safe everywhere.
func clean(part string) string {
	b := []byte(part)
	for i, c := range b {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if digit := '0' <= c && c <= '9'; !letter && !digit && c != '.' && c != '-' && c != '_' {
			b[i] = '_'
		}
	}
	return string(b)
}
