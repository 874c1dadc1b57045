package convert

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/heft-ml/heft/dtype"
)

// Names says what tensors are called in the new file. The zero Names leaves all as they are.
type Names struct{ rules []rule }

// rule replaces what a regular expression matches of a name, or drops the tensor.
type rule struct {
	from *regexp.Regexp
	to   string
	drop bool
}

// ParseNames reads rules written in YAML. Each replaces all that its regular expression (Go's syntax) matches of a name by
// "to", in which $1 or ${1} is what the first parentheses matched; or it drops tensors whose names it matches. Rules apply in
// their order, each to what the ones before it made; "to" has 256 bytes at most, and names no parentheses that are not there:
//
//   - from: ^transformer\.
//     to: ""
//   - from: ^h\.(\d+)\.
//     to: blk.$1.
//   - from: \.attn\.masked_bias$
//     drop: true
func ParseNames(text []byte) (Names, error) {
	var lines []struct {
		From string
		To   *string
		Drop bool
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&lines); err != nil && !errors.Is(err, io.EOF) {
		return Names{}, fmt.Errorf("rules for names are a YAML list of from with to or drop: %w", oneLine(err))
	}
	var n Names
	for i, l := range lines {
		from, err := regexp.Compile(l.From)
		switch {
		case err != nil:
			return Names{}, fmt.Errorf("rule %d for names: %w", i+1, err)
		case l.From == "":
			return Names{}, fmt.Errorf("rule %d for names: from is empty: it is a regular expression", i+1)
		case l.Drop == (l.To != nil):
			return Names{}, fmt.Errorf("rule %d for names: say one of to and drop", i+1)
		case l.To != nil && len(*l.To) > longestTo:
			return Names{}, fmt.Errorf("rule %d for names: to has %d bytes, but must have %d at most", i+1, len(*l.To), longestTo)
		}
		r := rule{from: from, drop: l.Drop}
		if l.To != nil {
			r.to = *l.To
		}
		if err := r.check(); err != nil {
			return Names{}, fmt.Errorf("rule %d for names: %w", i+1, err)
		}
		n.rules = append(n.rules, r)
	}
	return n, nil
}

// oneLine joins the lines of an error of the YAML library.
func oneLine(err error) error {
	return errors.New(string(bytes.Join(bytes.Fields([]byte(err.Error())), []byte(" "))))
}

// What rules make of a name is bounded: the last of them multiplies one of longestName by longestTo at most. No format has
// use for longer ones.
const (
	longestName = 1 << 16
	longestTo   = 1 << 8
)

// of returns the new name, which rules let grow no more once it is too long; keep is false when the tensor is dropped. It calls
// matched with every rule that the name has a use for.
func (n Names) of(name string, matched func(rule int)) (renamed string, keep bool) {
	for i, r := range n.rules {
		if len(name) > longestName {
			break
		}
		if !r.from.MatchString(name) {
			continue
		}
		matched(i)
		if r.drop {
			return "", false
		}
		name = r.from.ReplaceAllString(name, r.to)
	}
	return name, true
}

// renaming is what rules make of the names of a file.
type renaming struct {
	infos []dtype.Info      // under their new names
	old   map[string]string // what each was called, by its new name
	idle  []string          // rules that no tensor has a use for
}

// rename applies the rules to all tensors. That no tensor has a use for any of them is an error.
func (n Names) rename(infos []dtype.Info) (renaming, error) {
	made := renaming{old: make(map[string]string, len(infos))}
	used := make([]bool, len(n.rules))
	for _, info := range infos {
		name, keep := n.of(info.Name, func(rule int) { used[rule] = true })
		if !keep {
			continue
		}
		if name != info.Name && len(name) > longestName {
			return made, fmt.Errorf("tensor %.100q would have a name of %d bytes: correct the rules for names", info.Name, len(name))
		}
		if other, taken := made.old[name]; taken {
			return made, fmt.Errorf("tensors %.100q and %.100q would both be called %.100q: correct the rules for names", other, info.Name, name)
		}
		made.old[name] = info.Name
		info.Name = name
		made.infos = append(made.infos, info)
	}
	for i, r := range n.rules {
		if !used[i] {
			made.idle = append(made.idle, r.from.String())
		}
	}
	if len(made.idle) > 0 && len(made.idle) == len(n.rules) {
		return made, fmt.Errorf("no rule for names matches a tensor, as %#.100q: 'heft inspect' lists their names", made.idle[0])
	}
	return made, nil
}
