package inspect

import (
	"bytes"
	"encoding/json"
)

// recipe writes the recipe as labels and values, or why it cannot be read.
func (p *page) recipe() {
	if p.RecipeProblem != "" {
		p.add("\nrecipe\n", p.list([]item{{label: "problem", words: []string{p.safe(p.RecipeProblem)}}}, p.width))
		return
	}
	var items []item
	for _, m := range members(p.Recipe) {
		var words []string
		for _, inner := range members(m.value) {
			words = append(words, p.safe(inner.name)+"="+p.value(inner.value))
		}
		if words == nil {
			words = []string{p.value(m.value)}
		}
		items = append(items, item{label: p.safe(m.name), words: words})
	}
	if items != nil {
		p.add("\nrecipe\n", p.list(items, p.width))
	}
}

// value writes a JSON value: strings without quotes, everything else as it stands.
func (p *page) value(text json.RawMessage) string {
	var s *string // nil for null, which is no string
	if json.Unmarshal(text, &s) == nil && s != nil {
		return p.safe(*s)
	}
	return p.safe(string(text))
}

// member is one member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members reads a JSON object in its own order, which a map would lose. What is no object has no members.
func members(object json.RawMessage) []member {
	d := json.NewDecoder(bytes.NewReader(object))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return all
		}
		m := member{name: name.(string)}
		if d.Decode(&m.value) != nil {
			return all
		}
		all = append(all, m)
	}
	return all
}
