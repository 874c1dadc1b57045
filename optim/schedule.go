package optim

import (
	"fmt"
	"math"
)

// Schedule says what the learning rate is multiplied by at each step, counted from 0.
type Schedule interface {
	// Factor returns what the learning rate is multiplied by at a step.
	Factor(step int) float64
	// String returns the schedule as [ParseSchedule] reads it.
	String() string
}

type schedule struct {
	text   string
	factor func(step int) float64
	then   Schedule // what a warmup leads to
}

func (s schedule) Factor(step int) float64 { return s.factor(step) }
func (s schedule) String() string          { return s.text }

// ConstantLR keeps the learning rate.
func ConstantLR() Schedule { return schedule{"constant", func(int) float64 { return 1 }, nil} }

// StepDecay multiplies the learning rate by gamma after every so many steps (PyTorch's StepLR).
func StepDecay(every int, gamma float64) Schedule {
	if every < 1 {
		misuse("step decay", "every is %d, but must be 1 or more", every)
	}
	return schedule{fmt.Sprintf("step(%d,%v)", every, gamma), func(step int) float64 {
		return math.Pow(gamma, float64(step/every))
	}, nil}
}

// Cosine falls from 1 to floor along half a cosine over total steps, and stays there (arXiv:1608.03983; PyTorch's
// CosineAnnealingLR).
func Cosine(total int, floor float64) Schedule {
	if total < 1 {
		misuse("cosine", "total is %d, but must be 1 or more", total)
	}
	return schedule{fmt.Sprintf("cosine(%d,%v)", total, floor), func(step int) float64 {
		return anneal(1, floor, min(1, float64(step)/float64(total)))
	}, nil}
}

// Warmup rises linearly from a factor to 1 over so many steps, then follows another schedule from its start
// (PyTorch's LinearLR, joined by SequentialLR).
func Warmup(steps int, from float64, then Schedule) Schedule {
	if steps < 1 {
		misuse("warmup", "steps is %d, but must be 1 or more", steps)
	}
	return schedule{fmt.Sprintf("warmup(%d,%v)+%s", steps, from, then), func(step int) float64 {
		if step >= steps {
			return then.Factor(step - steps)
		}
		return from + (1-from)*float64(step)/float64(steps)
	}, then}
}

// OneCycle rises from 1/25 to 1 over the first rise of total steps and falls to 1/250,000 over the rest, along half
// cosines (arXiv:1708.07120; PyTorch's OneCycleLR with its defaults; the learning rate is max_lr).
func OneCycle(total int, rise float64) Schedule { return oneCycle("one-cycle", total, rise, anneal) }

// OneCycleLinear is OneCycle along straight lines.
func OneCycleLinear(total int, rise float64) Schedule {
	return oneCycle("one-cycle-linear", total, rise, func(from, to, part float64) float64 { return from + (to-from)*part })
}

func oneCycle(name string, total int, rise float64, along func(from, to, part float64) float64) Schedule {
	if total < 2 || !(rise > 0 && rise < 1) {
		misuse(name, "total %d, rise %v: at least 2 steps and a rise between 0 and 1 are needed", total, rise)
	}
	const start, end = 1.0 / 25, 1.0 / 25 / 1e4
	top := float64(rise*float64(total)) - 1 // rounded in between: processors that fuse the two would not get 0 for 0.1*10 - 1
	last := float64(total - 1)
	return schedule{fmt.Sprintf("%s(%d,%v)", name, total, rise), func(step int) float64 {
		at := min(float64(step), last)
		if at < top {
			return along(start, 1, at/top)
		}
		return along(1, end, (at-top)/(last-top))
	}, nil}
}

// anneal goes from one value to another along half a cosine; part is in [0, 1].
func anneal(from, to, part float64) float64 { return to + (from-to)*(1+math.Cos(math.Pi*part))/2 }
