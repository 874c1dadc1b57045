// Package data holds data sets in memory and hands them out in batches.
//
// A [Set] is a tensor of samples with a label or a target for each. Sets come from three places:
//
//   - the ones that Heft carries or generates, listed below;
//   - your own numbers, checked on the way in: [New], [NewRegression], [NewFromFloats], [NewFromDense];
//   - other sets: [Set.Subset], [Set.Split], [Set.KFold].
//
// Sets are read-only once made, so goroutines may share them. Every function that makes one of Heft's own sets returns
// memory of its own, so a caller who does write spoils nobody else's data.
//
// # The sets
//
// [Open] gets a set by the name that the command line uses, already in two parts, four fifths to train with. The
// generators are functions of their own as well, with the sizes and the noise left to the caller.
//
//	name     samples      a sample           classes  noise  licence
//	digits   1438 + 359   64 pixels, 0 to 1  10       -      CC BY 4.0
//	moons     800 + 200   a point            2        0.2    generated
//	spiral    800 + 200   a point            2        0.2    generated
//	xor       800 + 200   a point            2        0.1    generated
//	circles   800 + 200   a point            2        0.1    generated
//
// # Same seed, same data
//
// What a generator makes depends on its arguments alone. So do the parts of a set, and these do not even depend on a
// random generator: they follow from SHA-256 by rules that the documentation states, so that any program can find
// them again. [Set.Hash] names the content of a set, so that a recipe can say which data a model was trained with.
//
// # Letters of shapes
//
//	n    samples of a set
//	b    samples of a batch
//	...  the shape of one sample
//	f    features: the numbers of one sample, or the last axis of a matrix
//	c    classes
//	k    outputs of a regression; folds of a cross-validation
package data
