package paper

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// Headings of a document: of the section that holds all papers, and the beginning of that of one.
const (
	sectionHeading = "## Papers"
	paperHeading   = "### "
)

// UpdateDocument writes results into a Markdown document. Its section "## Papers" has a part for each paper, in the order
// of [Papers]: those of the results replace older ones, all else stays as it is. A section that is missing is added at the
// end, and a document that is missing is made. Pictures are left beside it, as paper-NAME.svg.
func UpdateDocument(path string, results ...*Result) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	updated := update(string(text), results)
	for _, r := range results {
		if r.Picture == nil {
			continue
		}
		err := atomicfile.Write(filepath.Join(filepath.Dir(path), r.pictureFile()), func(w io.Writer) error {
			_, err := io.WriteString(w, r.Picture.SVG())
			return err
		})
		if err != nil {
			return err
		}
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, updated)
		return err
	})
}

// update returns the document with the results.
func update(document string, results []*Result) string {
	before, section, after := cutSection(document)
	intro, parts := cutParts(section)
	for _, r := range results {
		parts[r.Paper.Name] = r.markdown()
	}
	var b strings.Builder
	if before = strings.TrimRight(before, "\n"); before != "" {
		b.WriteString(before + "\n\n")
	}
	b.WriteString(sectionHeading + "\n\n")
	if intro = strings.Trim(intro, "\n"); intro != "" {
		b.WriteString(intro + "\n\n")
	}
	names := Names()
	for name := range parts { // what is in the document alone stays, behind what is known
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[len(Names()):])
	for _, name := range names {
		if part := strings.Trim(parts[name], "\n"); part != "" {
			b.WriteString(part + "\n\n")
		}
	}
	b.WriteString(after)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// cutSection returns what stands before the section of papers, in it without its heading, and from the next section on.
func cutSection(document string) (before, section, after string) {
	state := &before
	for line := range strings.Lines(document) {
		heading := strings.HasPrefix(line, "## ")
		switch {
		case state == &before && strings.TrimSpace(line) == sectionHeading:
			state = &section
			continue
		case state == &section && heading:
			state = &after
		}
		*state += line
	}
	return before, section, after
}

// cutParts returns the text before the first paper's part, and each part with its heading by the paper's name.
func cutParts(section string) (intro string, parts map[string]string) {
	parts = map[string]string{}
	name := ""
	for line := range strings.Lines(section) {
		if heading, ok := strings.CutPrefix(line, paperHeading); ok {
			name, _, _ = strings.Cut(strings.TrimSpace(heading), ":")
		}
		if name == "" {
			intro += line
		} else {
			parts[name] += line
		}
	}
	return intro, parts
}

// markdown is the part of a document about the result.
func (r *Result) markdown() string {
	p := r.Paper
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s: %s\n\n", paperHeading, p.Name, p.Title)
	fmt.Fprintf(&b, "%s: %s\n\n", p.Source, p.Claim)
	fmt.Fprintf(&b, "Here: %s\n\n", p.Setup)
	fmt.Fprintf(&b, "Rule: %s **%s** `%s`, %d seeds.\n\n", p.Rule, r.Verdict(), r.Command(), r.Seeds)
	b.WriteString(tableLine(titles) + tableLine(slices.Repeat([]string{"---"}, len(titles))))
	for _, row := range r.Rows {
		b.WriteString(tableLine(row.cells()))
	}
	if r.Picture != nil {
		fmt.Fprintf(&b, "\n![%s](%s)\n", r.Picture.Title, r.pictureFile())
	}
	if p.Note != "" {
		fmt.Fprintf(&b, "\n%s\n", p.Note)
	}
	return b.String()
}

// pictureFile is where the picture lies, beside the document.
func (r *Result) pictureFile() string { return "paper-" + r.Paper.Name + ".svg" }

func tableLine(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
