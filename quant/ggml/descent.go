package ggml

// fitByDescent finds a scale with a small error of scale*(level-4), weighted with the squares of the elements, and the levels, 0 to 7, that go with it: five
// times at most it goes over the elements and changes the level of each to the one that the others' best scale asks for, when that lowers the error. It
// is make_q3_quants of ggml-quants.c with n 16 and nmax 4.
func fitByDescent(levels []byte, x []float32) (scale float32) {
	extreme, magnitude := largest(x)
	if magnitude < negligible {
		clear(levels)
		return 0
	}
	var signed [16]float32 // levels from -4 to 3
	var sumXL, sumLL float32
	inv := -4 / extreme
	for i, v := range x {
		l := float32(nearestWithin(inv*v, -4, 3))
		signed[i] = l
		w := v * v
		sumXL += float32(w * v * l)
		sumLL += float32(w * l * l)
	}
	for changed, round := true, 0; changed && round < 5; round++ {
		changed = false
		for i, v := range x {
			w, l := v*v, signed[i]
			othersXL := sumXL - float32(w*v*l)
			if !(othersXL > 0) {
				continue
			}
			othersLL := sumLL - float32(w*l*l)
			better := float32(nearestWithin(v*othersLL/othersXL, -4, 3))
			if better == l {
				continue
			}
			newXL := othersXL + float32(w*v*better)
			newLL := othersLL + float32(w*better*better)
			if newLL > 0 && newXL*newXL*sumLL > sumXL*sumXL*newLL {
				signed[i], sumXL, sumLL = better, newXL, newLL
				changed = true
			}
		}
	}
	for i := range x {
		levels[i] = byte(signed[i] + 4)
	}
	if sumLL > 0 {
		return sumXL / sumLL
	}
	return 0
}
