package main

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/convert/language"
	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/serialize"
)

// summary says in a line what was written.
func summary(out string, to serialize.Format, r *convert.Result) string {
	line := written(out, string(to), r)
	if n := len(r.Left); n > 0 {
		line += fmt.Sprintf("; %s of metadata left behind: %s", count(n, "key"), firstOf(r.Left))
	}
	if n := len(r.Idle); n > 0 {
		line += fmt.Sprintf("; %s of --map matched no name: %s", count(n, "rule"), firstOf(r.Idle))
	}
	return line
}

// summaryOfMany says in a line which files were written.
func summaryOfMany(to serialize.Format, r *convert.Result) string {
	opens, where := ofMany(r)
	return summary(opens, to, r) + where
}

// modelSummary says in a line what was written of a model of text.
func modelSummary(m *language.Model, form language.Form, r *convert.Result) string {
	opens, where := ofMany(r)
	line := written(opens, m.Architecture()+" "+madeFor[form], r) + where
	if len(r.Left) > 0 {
		line += "; left behind: " + firstOf(r.Left)
	}
	if m.Tokenizer == nil {
		line += "; without a tokenizer, for IN has none (in a folder it is tokenizer.json): ids alone go in and come out"
	}
	return line
}

// ofMany returns the file by which what was written is opened, and words about the others.
func ofMany(r *convert.Result) (opens, where string) {
	opens, n := r.Files[0], len(r.Files)
	if index := r.Files[n-1]; strings.HasSuffix(index, serialize.IndexEnding) {
		opens = index
		n--
	}
	if n > 1 {
		where = fmt.Sprintf(", in %d files of %s", n, table.Safe(filepath.Dir(opens)))
	}
	return opens, where
}

// written says what was written, and which number formats tensors got.
func written(out, what string, r *convert.Result) string {
	line := fmt.Sprintf("%s: %s, %s, %s", table.Safe(out), what, humanize.Bytes(uint64(r.Bytes)), count(r.Tensors, "tensor"))
	if r.Recast == 0 {
		return line
	}
	types := slices.SortedFunc(maps.Keys(r.Became), func(a, b string) int { return cmp.Or(cmp.Compare(r.Became[b], r.Became[a]), cmp.Compare(a, b)) })
	for i, t := range types {
		types[i] = fmt.Sprintf("%s %s", humanize.Comma(int64(r.Became[t])), t)
	}
	return line + fmt.Sprintf(", %s of them in another number format (%s)", humanize.Comma(int64(r.Recast)), strings.Join(types, ", "))
}

// mostNamed is how many keys of metadata, files or rules a summary names: a screenful.
const mostNamed = 24

// firstOf lists names that others chose, and says how many more there are than a screenful.
func firstOf(names []string) string {
	var shown []string
	for _, name := range names[:min(len(names), mostNamed)] {
		shown = append(shown, strings.ReplaceAll(table.Safe(name), `\\`, `\`)) // as rules have them
	}
	if more := len(names) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %s more", humanize.Comma(int64(more))))
	}
	return strings.Join(shown, ", ")
}

// count writes a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return humanize.Comma(int64(n)) + " " + thing
}
