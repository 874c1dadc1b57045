package data

import "fmt"

// schema is what each column of a table is for, and of which kind. It is found by looking at all rows, since it says
// what the table is, not what its numbers are like.
type schema struct {
	features []int    // the columns that make a row of X
	kinds    []string // of each of them
	target   int
	classes  []string // of the target, in the order of their labels; nil in regression
	dropped  []string
}

// schema finds what the columns of the table are.
func (t *Table) schema(s Spec) (*schema, error) {
	sch := &schema{}
	var err error
	if sch.target, err = t.find(s.Target, "target"); err != nil {
		return nil, err
	}
	forced, err := t.findAll(s.Categories, "category")
	if err != nil {
		return nil, err
	}
	dropped, err := t.findAll(s.Drop, "column to drop")
	if err != nil {
		return nil, err
	}
	if dropped[sch.target] {
		return nil, fmt.Errorf("%s: column %s is both the target and dropped", printable(t.Name), quote(s.Target))
	}
	counts := t.tallies()
	for i, name := range t.Header {
		switch {
		case dropped[i]:
			sch.dropped = append(sch.dropped, name)
		case i != sch.target:
			kind, err := t.kind(i, forced[i], counts[i], "drop the column")
			if err != nil {
				return nil, err
			}
			sch.features, sch.kinds = append(sch.features, i), append(sch.kinds, kind)
		}
	}
	if len(sch.features) == 0 {
		return nil, fmt.Errorf("%s: no columns are left to predict %s from", printable(t.Name), quote(s.Target))
	}
	kind, err := t.kind(sch.target, forced[sch.target], counts[sch.target], "predict another column")
	if err != nil {
		return nil, err
	}
	sch.classes, err = t.classes(sch.target, kind, s.Task)
	return sch, err
}

// find returns the column that a setting names.
func (t *Table) find(name, setting string) (int, error) {
	if i := t.column(name); i >= 0 {
		return i, nil
	}
	hint := ""
	if near := nearest(name, t.Header); near != "" {
		hint = fmt.Sprintf("did you mean %s? ", quote(near))
	}
	return 0, fmt.Errorf("%s: no column is called %s, the %s: %sthe columns are %s",
		printable(t.Name), quote(name), setting, hint, listing(t.Header))
}

func (t *Table) findAll(names []string, setting string) (map[int]bool, error) {
	found := map[int]bool{}
	for _, name := range names {
		i, err := t.find(name, setting)
		if err != nil {
			return nil, err
		}
		found[i] = true
	}
	return found, nil
}
