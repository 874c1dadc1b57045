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
// "to", in which $1 is what the first parentheses matched; or it drops tensors whose names it matches. Rules apply in
// their order, each to what the ones before it made; "to" has 256 bytes at most:
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

// rename applies the rules to all tensors, and remembers by the new name what each was called.
func (n Names) rename(infos []dtype.Info) (renamed []dtype.Info, old map[string]string, err error) {
	old = make(map[string]string, len(infos))
	for _, info := range infos {
		name, keep := n.of(info.Name, func(int) {})
		if !keep {
			continue
		}
		if name != info.Name && len(name) > longestName {
			return nil, nil, fmt.Errorf("tensor %.100q would have a name of %d bytes: correct the rules for names", info.Name, len(name))
		}
		if other, taken := old[name]; taken {
			return nil, nil, fmt.Errorf("tensors %.100q and %.100q would both be called %.100q: correct the rules for names", other, info.Name, name)
		}
		old[name] = info.Name
		info.Name = name
		renamed = append(renamed, info)
	}
	return renamed, old, nil
}

// idle returns the rules that no tensor has a use for. When all are, that is an error.
func (n Names) idle(infos []dtype.Info) (idle []string, err error) {
	used := map[int]bool{}
	for _, info := range infos {
		n.of(info.Name, func(rule int) { used[rule] = true })
	}
	for i, r := range n.rules {
		if !used[i] {
			idle = append(idle, r.from.String())
		}
	}
	if len(idle) > 0 && len(idle) == len(n.rules) {
		return nil, fmt.Errorf("no rule for names matches a tensor, as %.100q: 'heft inspect' lists their names", idle[0])
	}
	return idle, nil
}
