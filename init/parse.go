package initializer

import (
	"fmt"
	"strconv"
	"strings"
)

// entry is one scheme as text: its name, its numbers with their defaults, and whether it takes variance options.
type entry struct {
	name     string
	numbers  []float64
	options  bool
	about    string
	fromText func(n []float64, opts []Option) Scheme
}

// schemes is every scheme by name. A new scheme adds its row here.
var schemes = []entry{
	{"zeros", nil, false, "weights 0", func([]float64, []Option) Scheme { return Zeros() }},
	{"ones", nil, false, "weights 1", func([]float64, []Option) Scheme { return Ones() }},
	{"constant", []float64{0.1}, false, "weights VALUE", func(n []float64, _ []Option) Scheme { return Constant(n[0]) }},
	{"normal", []float64{0, 0.01}, false, "N(MEAN, STD²)", func(n []float64, _ []Option) Scheme { return Normal(n[0], n[1]) }},
	{"uniform", []float64{-0.1, 0.1}, false, "U(LO, HI)", func(n []float64, _ []Option) Scheme { return Uniform(n[0], n[1]) }},
	{"truncated-normal", []float64{0, 0.02, -0.04, 0.04}, false, "N(MEAN, STD²) within [LO, HI]", func(n []float64, _ []Option) Scheme { return TruncatedNormal(n[0], n[1], n[2], n[3]) }},
	{"xavier-uniform", nil, true, "variance 2 gain²/(fan_in+fan_out): for tanh, sigmoid", func(_ []float64, o []Option) Scheme { return XavierUniform(o...) }},
	{"xavier-normal", nil, true, "variance 2 gain²/(fan_in+fan_out)", func(_ []float64, o []Option) Scheme { return XavierNormal(o...) }},
	{"kaiming-uniform", nil, true, "variance gain²/fan_in: for ReLU", func(_ []float64, o []Option) Scheme { return KaimingUniform(o...) }},
	{"kaiming-normal", nil, true, "variance gain²/fan_in: for ReLU", func(_ []float64, o []Option) Scheme { return KaimingNormal(o...) }},
	{"lecun-uniform", nil, false, "variance 1/fan_in", func([]float64, []Option) Scheme { return LeCunUniform() }},
	{"lecun-normal", nil, false, "variance 1/fan_in: for SELU", func([]float64, []Option) Scheme { return LeCunNormal() }},
	{"orthogonal", nil, true, "orthonormal rows or columns times gain", func(_ []float64, o []Option) Scheme { return Orthogonal(o...) }},
	{"gpt2", []float64{0.02}, false, "N(0, STD²), residual branches' ends STD²/branches", func(n []float64, _ []Option) Scheme { return GPT2(n[0]) }},
	{"pytorch-default", nil, false, "what PyTorch's modules start with", func([]float64, []Option) Scheme { return PyTorchDefault() }},
}

// Names lists the names that [Parse] knows, each with a few words about it.
func Names() (names, about []string) {
	for _, e := range schemes {
		names = append(names, e.name)
		about = append(about, e.about)
	}
	return names, about
}

// Parse reads a scheme from text: a name, and in parentheses its numbers or options, separated by commas.
//
//	kaiming-normal    normal(0,0.02)    kaiming-uniform(fan=out,slope=0.1)    xavier-uniform(for=tanh)    orthogonal(gain=1.4)
//
// The error says what is not understood and what is.
func Parse(text string) (Scheme, error) {
	name, args, bracketed := strings.Cut(strings.TrimSpace(text), "(")
	if bracketed {
		var closed bool
		if args, closed = strings.CutSuffix(args, ")"); !closed {
			return nil, fmt.Errorf("initialization %q lacks its closing parenthesis", text)
		}
	}
	for _, e := range schemes {
		if e.name == name {
			return e.parse(text, args)
		}
	}
	names, _ := Names()
	return nil, fmt.Errorf("no initialization is called %q: use one of %s", name, strings.Join(names, ", "))
}

func (e entry) parse(text, args string) (s Scheme, err error) {
	numbers := append([]float64(nil), e.numbers...)
	var opts []Option
	given := 0
	for _, a := range strings.Split(args, ",") {
		a = strings.TrimSpace(a)
		key, value, isOption := strings.Cut(a, "=")
		switch {
		case a == "":
			if args != "" {
				return nil, fmt.Errorf("initialization %q has an empty argument", text)
			}
		case isOption && e.options:
			o, err := parseOption(key, value)
			if err != nil {
				return nil, fmt.Errorf("initialization %q: %w", text, err)
			}
			opts = append(opts, o)
		case isOption || given == len(numbers):
			return nil, fmt.Errorf("initialization %q: %s takes no argument %q", text, e.name, a)
		default:
			v, err := parseFinite(a)
			if err != nil {
				return nil, fmt.Errorf("initialization %q: %w", text, err)
			}
			numbers[given] = v
			given++
		}
	}
	defer func() { // a constructor's own check of its numbers
		switch r := recover().(type) {
		case nil:
		case *UsageError:
			s, err = nil, fmt.Errorf("initialization %q: %s", text, r.Reason)
		default:
			panic(r)
		}
	}()
	return e.fromText(numbers, opts), nil
}

func parseOption(key, value string) (Option, error) {
	switch key {
	case "fan":
		switch value {
		case "in":
			return func(*settings) {}, nil
		case "out":
			return FanOut(), nil
		}
		return nil, fmt.Errorf("fan is %q, but must be in or out", value)
	case "for":
		if _, err := Gain(value, 0); err != nil {
			return nil, err
		}
		return For(value), nil
	case "slope", "gain":
		v, err := parseFinite(value)
		if err != nil {
			return nil, err
		}
		if key == "slope" {
			return Slope(v), nil
		}
		if v <= 0 {
			return nil, fmt.Errorf("gain is %v, but must be above 0", v)
		}
		return WithGain(v), nil
	}
	return nil, fmt.Errorf("no option is called %q: use fan, for, slope or gain", key)
}

func parseFinite(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v-v != 0 {
		return 0, fmt.Errorf("%q is not a finite number", text)
	}
	return v, nil
}
