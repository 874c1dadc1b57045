package initializer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
)

// Parse reads a scheme from text: a name, and in parentheses its numbers or options, separated by commas. After
// semicolons come rules for parameters whose names match a pattern: see [Override].
//
//	kaiming-normal    normal(0,0.02)    kaiming-uniform(fan=out,slope=0.1)    xavier-uniform(for=tanh)    orthogonal(gain=1.4)
//	kaiming-normal; *.bias=normal(0,0.01); head.*=zeros
//
// The error says what is not understood and what is.
func Parse(text string) (Scheme, error) {
	first, rest, ruled := strings.Cut(text, ";")
	base, err := parseOne(first)
	if err != nil || !ruled {
		return base, err
	}
	var rules []Rule
	for _, part := range strings.Split(rest, ";") {
		pattern, scheme, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("initialization %.100q: %.100q is no rule: write it as PATTERN=SCHEME, as in *.bias=zeros", text, strings.TrimSpace(part))
		}
		s, err := parseOne(scheme)
		if err != nil {
			return nil, err
		}
		rule := Rule{Pattern: strings.TrimSpace(pattern), Scheme: s}
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("initialization %.100q: %w", text, err)
		}
		rules = append(rules, rule)
	}
	return Override(base, rules...), nil
}

// parseOne reads a scheme without rules.
func parseOne(text string) (Scheme, error) {
	name, args, bracketed := strings.Cut(strings.TrimSpace(text), "(")
	if bracketed {
		var closed bool
		if args, closed = strings.CutSuffix(args, ")"); !closed {
			return nil, fmt.Errorf("initialization %.100q lacks its closing parenthesis", text)
		}
	}
	if e := find(name); e != nil {
		return e.parse(text, args)
	}
	if strings.Contains(name, "=") {
		return nil, fmt.Errorf("initialization %.100q begins with a rule: name the scheme of all other parameters first, as in kaiming-normal; head.*=zeros", text)
	}
	names, _ := Names()
	return nil, fmt.Errorf("no initialization is called %.100q%s: use one of %s", name, suggest.For(name, names), strings.Join(names, ", "))
}

func (e *entry) parse(text, args string) (s Scheme, err error) {
	numbers := slices.Clone(e.numbers)
	var opts []Option
	given, seen := 0, map[string]bool{}
	for _, a := range strings.Split(args, ",") {
		a = strings.TrimSpace(a)
		key, value, isOption := strings.Cut(a, "=")
		switch {
		case a == "":
			if args != "" {
				return nil, fmt.Errorf("initialization %.100q has an empty argument", text)
			}
		case isOption && e.options:
			if seen[key] && key != "zero" { // of which there may be several
				return nil, fmt.Errorf("initialization %.100q: %s is given twice", text, key)
			}
			seen[key] = true
			o, err := parseOption(key, value)
			if err != nil {
				return nil, fmt.Errorf("initialization %.100q: %w", text, err)
			}
			opts = append(opts, o)
		case isOption || given == len(numbers):
			return nil, fmt.Errorf("initialization %.100q: %s takes no argument %.100q", text, e.name, a)
		default:
			v, err := parseFinite(a)
			if err != nil {
				return nil, fmt.Errorf("initialization %.100q: %w", text, err)
			}
			numbers[given] = v
			given++
		}
	}
	defer func() { // a constructor's own check of its numbers and options
		switch r := recover().(type) {
		case nil:
		case *UsageError:
			s, err = nil, fmt.Errorf("initialization %.100q: %s", text, r.Reason)
		default:
			panic(r)
		}
	}()
	return e.scheme(numbers, opts), nil
}

func parseOption(key, value string) (Option, error) {
	switch key {
	case "fan":
		if value == "in" || value == "out" {
			return fanOption(value == "out"), nil
		}
		return nil, fmt.Errorf("fan is %.100q, but must be in or out", value)
	case "for":
		if _, err := Gain(value, 0); err != nil {
			return nil, err
		}
		return For(value), nil
	case "zero":
		for part, name := range zeroNames {
			if name == value {
				return zeroOption(part), nil
			}
		}
		return nil, fmt.Errorf("zero is %.100q, but must be head or query", value)
	case "slope", "gain", "truncate":
		v, err := parseFinite(value)
		if err != nil {
			return nil, err
		}
		return map[string]func(float64) Option{"slope": Slope, "gain": WithGain, "truncate": Truncate}[key](v), nil
	}
	return nil, fmt.Errorf("no option is called %.100q: use fan, for, slope, gain, truncate or zero", key)
}

func parseFinite(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v-v != 0 {
		return 0, fmt.Errorf("%.100q is not a finite number", text)
	}
	return v, nil
}
