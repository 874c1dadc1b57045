// Package report tells what a study of package lab found: a table for the terminal, a page that stands alone, and every
// figure as SVG and CSV.
//
//	findings, err := lab.DefaultStudy().Run(ctx, 2, nil)
//	r := report.New(findings)
//	err = r.WriteText(os.Stdout, 100)
//	err = r.Save("runs/init-1")
//
// The page needs no script and no network, follows the reader's light or dark mode, and prints on A4. The title of each
// figure is the sentence that it makes visible, with what was measured. The same findings give the same bytes.
package report
