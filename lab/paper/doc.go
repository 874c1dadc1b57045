// Package paper does again what papers on initialization report, and says whether it holds here.
//
//	p, err := paper.Named("glorot-activations")
//	r, err := p.Reproduce(ctx, paper.Config{Seeds: 5})
//	fmt.Println(r.Holds())
//
// A [Paper] is a claim, an experiment and a rule that tells whether the claim holds. An experiment measures each quantity
// once for every seed; a [Row] has these values, their mean with its interval of 95%, and the limits that the rule puts on
// them. The same seeds give the same bits on any number of processors.
//
// Each paper, or each of its figures, is a file of this package which registers it: see [Papers]. The command is
// 'heft lab paper', and what it found stands in docs/results.md, written by 'heft lab paper all --out'.
package paper
