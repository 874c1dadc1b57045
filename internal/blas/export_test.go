package blas

// How k is cut.
const (
	BlockK = blockK
	UnitK  = unitK
)
