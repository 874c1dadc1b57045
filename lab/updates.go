package lab

import (
	"math"
	"slices"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// Update is how far an optimizer step moved a parameter.
type Update struct {
	Name   string
	Kind   initializer.Kind
	Weight float64 // Euclidean norm before
	Moved  float64 // Euclidean norm of the difference
	Ratio  float64 // Moved / Weight; +Inf where what was 0 moved, 0 where nothing moved. About 1e-3 is the folk rule.
}

// Updates runs an optimizer step and says of every parameter that can be trained how far it moved.
func Updates(s *nn.Store, step func()) []Update {
	before := make([][]float32, len(s.Params()))
	for i, p := range s.Params() {
		if p.Trainable() {
			before[i] = slices.Clone(p.Data)
		}
	}
	step()
	var updates []Update
	for i, p := range s.Params() {
		if before[i] == nil {
			continue
		}
		u := Update{Name: p.Name, Kind: p.Kind}
		for k, v := range p.Data {
			w, d := float64(before[i][k]), float64(v)-float64(before[i][k])
			u.Weight += float64(w * w)
			u.Moved += float64(d * d)
		}
		u.Weight, u.Moved = math.Sqrt(u.Weight), math.Sqrt(u.Moved)
		if u.Moved != 0 {
			u.Ratio = u.Moved / u.Weight
		}
		updates = append(updates, u)
	}
	return updates
}
