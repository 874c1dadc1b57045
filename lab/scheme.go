package lab

import (
	"fmt"
	"slices"
	"strings"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/suggest"
)

// LSUVScheme is the name that a setup has for [LSUV], which no rule over a described parameter can be: it needs data.
const LSUVScheme = "lsuv"

// namesShown is how many names of parameters an error lists.
const namesShown = 6

// parseScheme reads the start of weights. LSUV begins from orthogonal matrices.
func parseScheme(text string) (initializer.Scheme, error) {
	if text == LSUVScheme {
		return initializer.Orthogonal(), nil
	}
	name := text
	if end := strings.IndexAny(text, "(;="); end >= 0 {
		name = text[:end]
	}
	name = strings.TrimSpace(name)
	names, _ := initializer.Names()
	switch {
	case name == LSUVScheme:
		return nil, fmt.Errorf("initialization %.100q: %s takes no numbers and no rules", text, LSUVScheme)
	case slices.Contains(names, name) || strings.HasPrefix(strings.TrimSpace(text), name+"="):
		return initializer.Parse(text)
	}
	names = append(names, LSUVScheme)
	return nil, fmt.Errorf("no initialization is called %.100q%s: use one of %s", name, suggest.For(name, names), strings.Join(names, ", "))
}

// scheme reads the setup's start, and refuses one with a rule about parameters that its network does not have.
func (s Setup) scheme() (initializer.Scheme, error) {
	scheme, err := parseScheme(s.Scheme)
	if err != nil {
		return nil, err
	}
	names := s.paramNames()
	unmatched := initializer.Unmatched(scheme, names)
	if len(unmatched) == 0 {
		return scheme, nil
	}
	more := ""
	if len(names) > namesShown {
		names, more = names[:namesShown], ", ..."
	}
	return nil, fmt.Errorf("init %.100q: the pattern %.100q fits no parameter of a network of depth %d, which has %s%s",
		s.Scheme, unmatched[0], s.Depth, strings.Join(names, ", "), more)
}
