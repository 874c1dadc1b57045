package initializer

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
)

// Rule gives the parameters whose names match a pattern a scheme of their own.
type Rule struct {
	// Pattern is matched with the whole name, as [path.Match] does: * stands for any characters, dots too, ? for one.
	Pattern string
	Scheme  Scheme
}

func (r Rule) check() error {
	switch {
	case r.Pattern == "" || strings.TrimSpace(r.Pattern) != r.Pattern:
		return fmt.Errorf("pattern %.100q is empty or has space around it", r.Pattern)
	case strings.ContainsAny(r.Pattern, ";="):
		return fmt.Errorf("pattern %.100q has a ; or =, which rules are divided by", r.Pattern)
	}
	if _, err := path.Match(r.Pattern, ""); err != nil {
		return fmt.Errorf("pattern %.100q cannot be read: a [ needs its ], and a \\ something after it", r.Pattern)
	}
	return nil
}

func (r Rule) matches(name string) bool {
	ok, err := path.Match(r.Pattern, name)
	return ok && err == nil
}

// Override starts parameters by the last rule whose pattern matches their name, and all others by base.
//
//	initializer.Override(initializer.KaimingNormal(),
//		initializer.Rule{Pattern: "*.bias", Scheme: initializer.Normal(0, 0.01)},
//		initializer.Rule{Pattern: "head.*", Scheme: initializer.Zeros()})
//
// A pattern that ends in * is about all of a layer, and its scheme treats each kind of parameter as it always does. One
// that spells the end of the name out, as *.bias, means just those: its scheme treats them as weights, whatever their
// kind. Buffers always start at their declared values; a pattern that spells one out panics with a [*UsageError], as do
// rules that are in the schemes of rules, and patterns that cannot be read.
func Override(base Scheme, rules ...Rule) Scheme {
	var o overrides
	if inner, ok := base.(overrides); ok {
		o = inner
	} else {
		o.base = base
	}
	o.rules = append([]Rule(nil), o.rules...)
	for _, r := range rules {
		if err := r.check(); err != nil {
			misuse("%s", err)
		}
		if _, ok := r.Scheme.(overrides); ok || r.Scheme == nil {
			misuse("the rule for %q needs a scheme without rules", r.Pattern)
		}
		o.rules = append(o.rules, r)
	}
	if o.base == nil {
		misuse("Override needs a scheme for parameters that no rule matches")
	}
	return o
}

type overrides struct {
	base  Scheme
	rules []Rule
}

func (o overrides) String() string {
	text := o.base.String()
	for _, r := range o.rules {
		text += "; " + r.Pattern + "=" + r.Scheme.String()
	}
	return text
}

// ruleFor is the last rule that matches, or that of the base.
func (o overrides) ruleFor(p *Param) Rule {
	rule := Rule{Pattern: "*", Scheme: o.base}
	for _, candidate := range o.rules {
		if candidate.matches(p.Name) {
			rule = candidate
		}
	}
	return rule
}

// keepsKind tells whether the rule's scheme sees the parameter as what it is, and not as a weight.
func (r Rule) keepsKind(p *Param) bool {
	return strings.HasSuffix(r.Pattern, "*") || p.Kind == Weight || p.Kind == Embedding
}

func (o overrides) law(p *Param) (Law, bool) {
	rule := o.ruleFor(p)
	as := *p
	if !rule.keepsKind(p) && p.Kind != Buffer {
		as.Kind = Weight
	}
	return LawOf(rule.Scheme, &as)
}

func (o overrides) Fill(p *Param, r *rand.Rand, dst []float32) {
	rule := o.ruleFor(p)
	switch {
	case rule.keepsKind(p):
		rule.Scheme.Fill(p, r, dst)
	case p.Kind == Buffer:
		p.fail("it is a buffer, which starts at its declared value: no rule, as that for %q, may be about it", rule.Pattern)
	default:
		as := *p
		as.Kind = Weight
		rule.Scheme.Fill(&as, r, dst)
		p.Multiplier, p.LRMultiplier = as.Multiplier, as.LRMultiplier
	}
}

// Unmatched returns the patterns of a scheme's rules that match none of the names: most likely slips of the pen.
func Unmatched(s Scheme, names []string) (patterns []string) {
	o, _ := s.(overrides)
	for _, r := range o.rules {
		matched := false
		for _, name := range names {
			matched = matched || r.matches(name)
		}
		if !matched {
			patterns = append(patterns, r.Pattern)
		}
	}
	return patterns
}
