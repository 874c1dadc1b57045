package simd

// Turn turns the halves of every head of x [heads, 2 half] against each other by angles whose cosines and sines are given
// [half]: y[j] = x[j] cos - sign x[j+half] sin and y[j+half] = x[j+half] cos + sign x[j] sin, plus beta * y. A sign of -1
// turns back.
func Turn[T Float](y []T, beta T, x []T, heads int, cos, sin []T, sign T) {
	half := len(cos)
	for h := range heads {
		a, b := x[2*h*half:][:half], x[(2*h+1)*half:][:half]
		ya, yb := y[2*h*half:][:half], y[(2*h+1)*half:][:half]
		for j, c := range cos {
			s := sign * sin[j]
			put(ya, beta, j, T(a[j]*c)-T(b[j]*s))
			put(yb, beta, j, T(b[j]*c)+T(a[j]*s))
		}
	}
}
