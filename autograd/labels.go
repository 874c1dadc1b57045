package autograd

import "slices"

// Labels are class indices, or other integers that carry no gradient, with a shape.
type Labels struct {
	Data  []int32
	Shape []int
}

// LabelsOf returns labels over data, which is not copied. No shape means one axis.
// It panics with a [*ShapeError] unless the shape has len(data) elements.
func LabelsOf(data []int32, shape ...int) Labels {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	if volume("labels", shape) != len(data) {
		panic(&ShapeError{Op: "labels", Operands: []Operand{{Shape: slices.Clone(shape)}}, Reason: countReason(len(data))})
	}
	return Labels{data, slices.Clone(shape)}
}

// Mask is the result of a comparison: truths with a shape.
type Mask struct {
	Data  []bool
	Shape []int
}

// MaskOf returns a mask over data, which is not copied. No shape means one axis.
// It panics with a [*ShapeError] unless the shape has len(data) elements.
func MaskOf(data []bool, shape ...int) Mask {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	if volume("mask", shape) != len(data) {
		panic(&ShapeError{Op: "mask", Operands: []Operand{{Shape: slices.Clone(shape)}}, Reason: countReason(len(data))})
	}
	return Mask{data, slices.Clone(shape)}
}
