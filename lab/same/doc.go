// Package same sets two networks of one architecture side by side: two weight files with the same names, shapes and size
// that behave differently, since they learned from other data or from another start. The blueprint is the same, the building
// is not.
//
//	findings, err := same.DefaultPair().Run(ctx, 2, nil)     // trains two
//	findings, err := same.Compare(ctx, a, b)                // or takes two as they are
//
// It compares every weight (cosine, norms, singular values), what every module makes of the same inputs (linear CKA), the
// outputs, and what becomes of each network when one layer of the other is put in its place.
package same
