//go:build noasm || !(amd64 || arm64)

package blas

// Here is no assembly.
var (
	micro tables
	pairs *microkernels
)
