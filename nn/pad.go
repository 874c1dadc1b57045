package nn

import "slices"

// margins is what padding layers have in common.
type margins struct {
	Named
	Padding []int // left, right, or left, right, top, bottom
}

func marginsOf(s *Scope, padding []int) margins {
	switch len(padding) {
	case 1:
		padding = slices.Repeat(padding, 4)
	case 2, 4:
	default:
		misuse("pad", "%q has padding %v, but needs one number, two of left and right, or two more of top and bottom", s.path, padding)
	}
	for _, v := range padding {
		if v < 0 {
			misuse("pad", "%q has padding %v, but each must be 0 or more", s.path, padding)
		}
	}
	return margins{s.Named(), slices.Clone(padding)}
}

// ConstantPad surrounds planes, or the last axis, with a value (torch.nn.ConstantPad2d, ConstantPad1d).
type ConstantPad struct {
	margins
	Value float32
}

// NewConstantPad declares no parameters. Padding is one number for all sides of planes, or left, right, top and bottom;
// left and right alone are for the last axis.
func NewConstantPad(s *Scope, value float32, padding ...int) *ConstantPad {
	return &ConstantPad{marginsOf(s, padding), value}
}

// Forward computes y [..., top+height+bottom, left+width+right] from x [..., height, width].
func (l *ConstantPad) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.PadConstant(l.Value, l.Padding...))
}

// ReflectionPad surrounds planes, or the last axis, with their mirror images (torch.nn.ReflectionPad2d,
// ReflectionPad1d).
type ReflectionPad struct{ margins }

// NewReflectionPad declares no parameters. Padding is that of [NewConstantPad].
func NewReflectionPad(s *Scope, padding ...int) *ReflectionPad {
	return &ReflectionPad{marginsOf(s, padding)}
}

// Forward computes y [..., top+height+bottom, left+width+right] from x [..., height, width].
func (l *ReflectionPad) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.PadReflect(l.Padding...))
}

// ReplicationPad surrounds planes, or the last axis, with copies of their borders (torch.nn.ReplicationPad2d,
// ReplicationPad1d).
type ReplicationPad struct{ margins }

// NewReplicationPad declares no parameters. Padding is that of [NewConstantPad].
func NewReplicationPad(s *Scope, padding ...int) *ReplicationPad {
	return &ReplicationPad{marginsOf(s, padding)}
}

// Forward computes y [..., top+height+bottom, left+width+right] from x [..., height, width].
func (l *ReplicationPad) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.PadReplicate(l.Padding...))
}
