package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
)

var papers []Paper

// register adds a paper. The file of a paper does it:
//
//	var _ = register(Paper{Name: "he-start", Year: 2015, Title: ..., Run: heStart{depths: []int{22, 30}, width: 256}.run})
//
// The command and the documents know it from there. A name that is taken, or a field that is missing, panics.
func register(p Paper) struct{} {
	for _, other := range papers {
		if other.Name == p.Name {
			panic(fmt.Sprintf("paper: two are called %q", p.Name))
		}
	}
	if slices.Contains([]string{p.Name, p.Title, p.Claim, p.Source, p.Setup, p.Rule}, "") || p.Year == 0 || p.Run == nil {
		panic(fmt.Sprintf("paper: %q lacks a field", p.Name))
	}
	papers = append(papers, p)
	return struct{}{}
}

// Papers returns all papers: the oldest first, those of a year by their names.
func Papers() []Paper {
	return slices.SortedFunc(slices.Values(papers), func(a, b Paper) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Name, b.Name))
	})
}

// Names returns the names of [Papers].
func Names() (names []string) {
	for _, p := range Papers() {
		names = append(names, p.Name)
	}
	return names
}

// Named returns the paper of a name. The error lists the names.
func Named(name string) (Paper, error) {
	for _, p := range papers {
		if p.Name == name {
			return p, nil
		}
	}
	return Paper{}, fmt.Errorf("no paper is called %.100q%s: use one of %s", name, suggest.For(name, Names()), strings.Join(Names(), ", "))
}
