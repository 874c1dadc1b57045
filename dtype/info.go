package dtype

// Info describes a tensor of a weight file without its data.
type Info struct {
	Name  string
	DType DType  // of the elements; 0 where the file keeps them in blocks of its own, or in a format that is not known
	Type  string // how the file spells the format: "F32", "Q4_K"
	Shape []int  // row-major, the slowest dimension first; empty: a scalar
	Bytes int64  // in the file
}

// NumElements returns the product of the dimensions, 1 for a scalar. The shape must be one that [ByteSize] accepts.
func (i Info) NumElements() int { return Tensor{Shape: i.Shape}.NumElements() }
