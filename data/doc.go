// Package data holds data sets in memory and hands them out in batches.
//
// A [Set] is a tensor of samples with a label or a target for each. Sets come from six places:
//
//   - the ones that Heft carries or generates, listed below;
//   - well-known ones that [Fetch] downloads, listed there too;
//   - your own tables, as CSV files, by the rules below;
//   - your own images, in a folder for each class, by the rules below;
//   - your own numbers, checked on the way in: [New], [NewRegression], [NewFromFloats], [NewFromDense];
//   - other sets: [Set.Subset], [Set.Split], [Set.KFold].
//
// Sets are read-only once made, so goroutines may share them. Every function that makes one of Heft's own sets returns
// memory of its own, so a caller who does write spoils nobody else's data.
//
// [Load] returns any of the first four as [Parts], to train, validate and test with, from a [Spec] that a run keeps
// in its configuration. The parts come with an [Input], which is kept with the weights: it makes samples of what
// comes later, and says what outputs mean.
//
// # The sets
//
// [Open] gets a set by the name that the command line uses, already in two parts, four fifths to train with. The
// generators are functions of their own as well, with the sizes and the noise left to the caller.
//
//	name           samples        a sample            classes  noise  licence
//	digits          1438 + 359    64 pixels, 0 to 1   10       -      CC BY 4.0
//	moons            800 + 200    a point             2        0.2    generated
//	spiral           800 + 200    a point             2        0.2    generated
//	xor              800 + 200    a point             2        0.1    generated
//	circles          800 + 200    a point             2        0.1    generated
//	gauss            800 + 200    a point             2        0.5    generated
//	mnist          60000 + 10000  784 pixels, 0 to 1  10       -      CC BY-SA 3.0
//	fashion-mnist  60000 + 10000  784 pixels, 0 to 1  10       -      MIT
//
// The last two are not part of Heft: 'heft data fetch NAME', or [Fetch], downloads them once, and [Locate] says where
// they are looked for. They are divided as their makers did.
//
// # Tables
//
// csv:PATH is a table of your own. [ReadTable] says what a file looks like, [LoadTable] how its rows are divided. One
// column is the target; the others, except for those that a [Spec] drops, make a row of X:
//
//   - A column is of numbers if more of its cells are numbers than are other text. Each number becomes
//     (number - mean) / std, with the mean and the standard deviation of the training part; where all numbers are
//     equal, std is 1. Numbers are decimal, with a point and perhaps an exponent, up to 3.4e38.
//   - Any other column is of categories, and so is one that the Spec says is. It becomes a 1 in one of as many numbers
//     as the training part has categories. There are at most 1000; if more than 20, then at most half as many as rows.
//   - Cells must not be empty. In a column of numbers, texts such as NA, NaN, null, none, ? and - are empty too; in one
//     of categories they are categories. What a missing value should be is for you to say, in the file.
//   - The target makes classes if it is of categories, or of at most 20 different numbers that are all whole; otherwise
//     it is a regression, and scaled as a column of numbers is. The Spec can ask for either. Classes are sorted:
//     numbers by size, 1.0 and 1 being the same, names by their bytes.
//
// What a column is, and which classes there are, all rows decide: they define the problem. Everything that is learned
// from the numbers, or from the categories of a column that is not the target, comes from the training part alone.
//
// # Images
//
// images:DIR is a folder that has a folder for each class, with its images in it: PNG or JPEG, whatever their names end
// in. The names of the folders are those of the classes. [LoadImages] says how images are divided.
//
//   - All images become gray if all files are gray, and else red, green and blue; a [Spec] can ask for either.
//   - All must have one size, unless the Spec gives one that they are brought to; shapes are not kept. Pixels are means
//     over the area that they cover.
//   - A value from 0 to 1 becomes (value - mean) / std, with the mean and the standard deviation of its channel in the
//     training part. The values of a channel follow those of the one before.
//   - What is transparent is white. The orientation that a camera notes is not looked at.
//   - Hidden files, and those that file managers leave, are passed over. Anything else that is no image is an error, so
//     that nothing is left out unseen.
//
// # Text
//
// text is Isaac Newton's [Opticks], which Heft carries, and text:PATH a file of your own, in UTF-8. [LoadText] divides it,
// the last part being held out, and makes ids of it with a tokenizer: of characters or of byte pairs. A [Text] gives
// batches of windows, at random places to train with and consecutive ones to score with.
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
//	t    tokens of a window
package data
