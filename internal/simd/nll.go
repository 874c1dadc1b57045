package simd

// NLL computes y[i] = -x[i, labels[i]], or 0 for the label ignore.
//
//	x [n, c], labels, y [n]
func NLL[T Float](y, x []T, labels []int32, ignore int) {
	c := rowLength(len(x), len(labels))
	for i, label := range labels {
		y[i] = 0
		if int(label) != ignore {
			y[i] = -x[i*c+int(label)]
		}
	}
}

// NLLBackward adds the gradient of [NLL] to dx [n, c].
func NLLBackward[T Float](dx, dy []T, labels []int32, ignore int) {
	c := rowLength(len(dx), len(labels))
	for i, label := range labels {
		if int(label) != ignore {
			dx[i*c+int(label)] -= dy[i]
		}
	}
}
