// Package benchmarks measures Heft: whole training steps, matrix products, kernels, batches and files. README.md says how
// to run it and how to compare two versions. Peers are measured in a module of their own, in the folder peers, so that
// nobody downloads them who does not ask for it.
package benchmarks
