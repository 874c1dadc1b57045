package optim

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
)

// maxWarmups bounds how many schedules can follow one another in a text: each is one call deeper.
const maxWarmups = 8

// ScheduleNames lists what [ParseSchedule] knows.
func ScheduleNames() []string {
	return []string{"constant", "step(EVERY,GAMMA)", "cosine(TOTAL,FLOOR)", "one-cycle(TOTAL,RISE)", "one-cycle-linear(TOTAL,RISE)", "plateau(FACTOR,PATIENCE,THRESHOLD,COOLDOWN,FLOOR)", "warmup(STEPS,FROM)+SCHEDULE"}
}

// ParseSchedule reads a schedule from text. Numbers may be left out from the right: TOTAL is then the steps that the
// training has, EVERY a third of it, GAMMA 0.1, FLOOR 0, RISE 0.3, STEPS a tenth, FROM 0.01; a plateau's are PyTorch's: 0.1, 10, 0.0001, 0 and 0.
// The error says what is not understood.
func ParseSchedule(text string, total int) (Schedule, error) {
	return parseSchedule(text, total, maxWarmups)
}

func parseSchedule(text string, total, warmups int) (Schedule, error) {
	head, rest, joined := cutCall(text)
	name, numbers, err := parseCall(head)
	if err != nil {
		return nil, err
	}
	number := func(i int, otherwise float64) float64 {
		if i < len(numbers) {
			return numbers[i]
		}
		return otherwise
	}
	all := float64(max(total, 1))
	defaults := map[string][2]float64{
		"constant": {}, "step": {math.Ceil(all / 3), 0.1}, "cosine": {all, 0}, "one-cycle": {max(all, 2), 0.3},
		"one-cycle-linear": {max(all, 2), 0.3}, "plateau": {}, "warmup": {math.Ceil(all / 10), 0.01},
	}
	d, known := defaults[name]
	switch {
	case !known:
		return nil, fmt.Errorf("no schedule is called %.100q%s: use one of %s", name, suggest.For(name, ScheduleNames()), strings.Join(ScheduleNames(), ", "))
	case warmups == 0 && name == "warmup":
		return nil, fmt.Errorf("schedule %.100q follows too many warmups: %d are allowed", text, maxWarmups)
	case joined && name != "warmup":
		return nil, fmt.Errorf("schedule %.100q: only warmup can be followed by another schedule", text)
	case name == "plateau":
		return parsePlateau(text, numbers)
	case len(numbers) > 2 || name == "constant" && len(numbers) > 0:
		return nil, fmt.Errorf("schedule %.100q has too many numbers: use one of %s", text, strings.Join(ScheduleNames(), ", "))
	}
	a, b := number(0, d[0]), number(1, d[1])
	if name != "constant" && (a != math.Trunc(a) || a < 1 || a > math.MaxInt32) {
		return nil, fmt.Errorf("schedule %.100q: %v must be a whole number of steps, 1 or more", text, a)
	}
	n := int(a)
	switch name {
	case "step":
		return StepDecay(n, b), nil
	case "cosine":
		return Cosine(n, b), nil
	case "one-cycle", "one-cycle-linear":
		if n < 2 || !(b > 0 && b < 1) {
			return nil, fmt.Errorf("schedule %.100q: at least 2 steps and a rise between 0 and 1 are needed", text)
		}
		if name == "one-cycle" {
			return OneCycle(n, b), nil
		}
		return OneCycleLinear(n, b), nil
	case "warmup":
		then := ConstantLR()
		if joined {
			if then, err = parseSchedule(rest, total-n, warmups-1); err != nil {
				return nil, err
			}
		}
		return Warmup(n, b, then), nil
	}
	return ConstantLR(), nil
}

// parsePlateau reads the numbers of a plateau.
func parsePlateau(text string, numbers []float64) (Schedule, error) {
	n := [5]float64{0.1, 10, 1e-4, 0, 0}
	if len(numbers) > len(n) {
		return nil, fmt.Errorf("schedule %.100q has too many numbers: use one of %s", text, strings.Join(ScheduleNames(), ", "))
	}
	copy(n[:], numbers)
	for _, losses := range []float64{n[1], n[3]} {
		if losses != math.Trunc(losses) || losses < 0 || losses > math.MaxInt32 {
			return nil, fmt.Errorf("schedule %.100q: %v must be a whole number of losses", text, losses)
		}
	}
	p, err := newPlateau(n[0], int(n[1]), n[2], int(n[3]), n[4])
	if err != nil {
		return nil, fmt.Errorf("schedule %.100q: %w", text, err)
	}
	return p, nil
}

// cutCall splits call+rest. A plus in the call's parentheses is part of a number.
func cutCall(text string) (call, rest string, joined bool) {
	depth := 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '+' && depth == 0:
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// parseCall splits name(number,number).
func parseCall(text string) (name string, numbers []float64, err error) {
	name, args, bracketed := strings.Cut(strings.TrimSpace(text), "(")
	if !bracketed {
		return name, nil, nil
	}
	args, closed := strings.CutSuffix(args, ")")
	if !closed {
		return "", nil, fmt.Errorf("schedule %.100q lacks its closing parenthesis", text)
	}
	for _, a := range strings.Split(args, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(a), 64)
		if err != nil || v-v != 0 {
			return "", nil, fmt.Errorf("schedule %.100q: %.100q is not a finite number", text, a)
		}
		numbers = append(numbers, v)
	}
	return name, numbers, nil
}
