package tune

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Space says what a search tries.
type Space struct {
	Grid   []Choices `json:"grid,omitzero"`   // settings with a list of values
	Ranges []Range   `json:"ranges,omitzero"` // settings that are drawn from a range
	Random int       `json:"random"`          // how many settings are drawn; 0 tries every combination of the grid
	Seeds  int       `json:"seeds"`           // trials of each setting
	Rank   Rank      `json:"rank"`
}

// Rank is what the best setting is best at.
type Rank string

// What settings can be ranked by; "" is ByLoss.
const (
	ByLoss  Rank = "loss"  // the smallest validation loss; of a text, in nats a character
	ByScore Rank = "score" // the largest validation accuracy, or R2 in regression
)

// Choices is a setting, by its name on the command line, and the values that are tried.
type Choices struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Range is a setting that is drawn from Low to High.
type Range struct {
	Name  string  `json:"name"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Scale Scale   `json:"scale"`
}

// Scale is how values of a range are spread.
type Scale string

// The scales. Drawn values are rounded to four significant digits, but for those of Whole.
const (
	Linear Scale = "linear" // evenly
	Log    Scale = "log"    // the logarithms evenly; Low must be above 0
	Whole  Scale = "int"    // whole numbers, each as often, both ends included
)

// mostTrials bounds a search: a slip of the finger in a grid asks for millions.
const mostTrials = 100_000

// mostWhole is where float64 stops holding every whole number.
const mostWhole = 1 << 53

// ParseChoices reads NAME=VALUE,VALUE,... If a semicolon stands anywhere in it, semicolons separate the values instead of
// commas, and one may follow the last value: "model=mlp:64;mlp:64,64" has two values, "model=mlp:64,64;" has one.
func ParseChoices(text string) (Choices, error) {
	name, values, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return Choices{}, fmt.Errorf("grid %.100q is not NAME=VALUE,VALUE,..., as in lr=0.001,0.01", text)
	}
	separator := ","
	if strings.Contains(values, ";") {
		separator = ";"
		values = strings.TrimSuffix(values, ";")
	}
	return Choices{name, strings.Split(values, separator)}, nil
}

// String names the setting and its values.
func (c Choices) String() string { return fmt.Sprintf("%s=%q", c.Name, c.Values) }

// torn says how a value with commas is given, where commas seem to have parted one: "model=mlp:64,32" has the values mlp:64 and 32.
// It follows an error, and is empty where nothing looks like that.
func (c Choices) torn() string {
	for i := 1; i < len(c.Values); i++ {
		v, last := c.Values[i], c.Values[i-1]
		before, _, sizes := strings.Cut(v, ":")
		size := strings.Trim(v[:min(1, len(v))], "0123456789") == "" || !sizes && strings.Contains(before, "=")
		if size && strings.ContainsAny(last, ":(") && !strings.Contains(last, ",") {
			return fmt.Sprintf("; a value with commas is followed by a semicolon, as in %.100q", c.Name+"="+strings.Join(c.Values, ",")+";")
		}
	}
	return ""
}

// ParseGrid reads several texts as [ParseChoices] does. The values of a name that comes again are added to the first.
func ParseGrid(texts []string) (grid []Choices, err error) {
	for _, text := range texts {
		c, err := ParseChoices(text)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(grid, func(g Choices) bool { return g.Name == c.Name }); i >= 0 {
			grid[i].Values = append(grid[i].Values, c.Values...)
		} else {
			grid = append(grid, c)
		}
	}
	return grid, nil
}

// ParseRange reads NAME=LOW..HIGH:SCALE, as in lr=1e-4..1e-1:log. The scale is linear when it is left out.
func ParseRange(text string) (r Range, err error) {
	name, rest, named := strings.Cut(text, "=")
	bounds, scale, scaled := strings.Cut(rest, ":")
	low, high, bounded := strings.Cut(bounds, "..")
	r = Range{Name: name, Scale: Scale(scale)}
	if !scaled {
		r.Scale = Linear
	}
	var wrongLow, wrongHigh error
	r.Low, wrongLow = strconv.ParseFloat(low, 64)
	r.High, wrongHigh = strconv.ParseFloat(high, 64)
	if !named || !bounded || name == "" || wrongLow != nil || wrongHigh != nil {
		return r, fmt.Errorf("range %.100q is not NAME=LOW..HIGH:SCALE, as in lr=1e-4..1e-1:log", text)
	}
	return r, r.check()
}

// String returns what [ParseRange] reads.
func (r Range) String() string {
	return fmt.Sprintf("%s=%v..%v:%s", r.Name, r.Low, r.High, r.Scale)
}

func (r Range) check() error {
	switch {
	case r.Scale != Linear && r.Scale != Log && r.Scale != Whole:
		return fmt.Errorf("no scale is called %.40q: range %.40q takes %s, %s or %s", r.Scale, r.Name, Linear, Log, Whole)
	case !(r.Low < r.High && r.High-r.Low <= math.MaxFloat64):
		return fmt.Errorf("range %.40q is from %v to %v, but must rise", r.Name, r.Low, r.High)
	case r.Scale == Log && r.Low <= 0:
		return fmt.Errorf("range %.40q begins at %v, but on a log scale it must be above 0", r.Name, r.Low)
	case r.Scale == Whole && !(whole(r.Low) && whole(r.High)):
		return fmt.Errorf("range %.40q is from %v to %v, but its ends must be whole numbers up to 2^53", r.Name, r.Low, r.High)
	}
	return nil
}

func whole(v float64) bool { return v == math.Trunc(v) && math.Abs(v) <= mostWhole }

// Varied lists what is varied: the grid's settings, then the ranges'.
func (s Space) Varied() (names []string) {
	for _, c := range s.Grid {
		names = append(names, c.Name)
	}
	for _, r := range s.Ranges {
		names = append(names, r.Name)
	}
	return names
}

// check returns an error that says what of the space cannot be searched.
func (s Space) check() error {
	names := s.Varied()
	switch {
	case s.Rank != ByLoss && s.Rank != ByScore:
		return fmt.Errorf("settings cannot be ranked by %.40q: use %s or %s", s.Rank, ByLoss, ByScore)
	case s.Seeds < 1 || s.Seeds > mostTrials:
		return fmt.Errorf("seeds is %d, but must be from 1 to %d", s.Seeds, mostTrials)
	case s.Random < 0 || s.Random > mostTrials:
		return fmt.Errorf("random is %d, but must be from 0 to %d", s.Random, mostTrials)
	case s.Random == 0 && len(s.Ranges) > 0:
		return fmt.Errorf("range %.40q is drawn from at random: say how many settings are drawn", s.Ranges[0].Name)
	case s.Random > 0 && len(names) == 0:
		return errors.New("random settings are drawn from a grid or from ranges: there are none")
	case len(names) == 0 && s.Seeds == 1:
		return errors.New("nothing to search: give a grid, ranges, or several seeds")
	case s.Seeds > 1 && slices.Contains(names, "seed"):
		return errors.New("seed is searched, and so cannot be set by a number of seeds too")
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("%.40q is searched twice", name)
		}
	}
	for _, c := range s.Grid {
		if len(c.Values) == 0 || slices.Contains(c.Values, "") {
			return fmt.Errorf("grid %.40q has an empty value", c.Name)
		}
	}
	for _, r := range s.Ranges {
		if err := r.check(); err != nil {
			return err
		}
	}
	if n := s.size(); n > mostTrials {
		return fmt.Errorf("the search has more than %d trials: take out values or seeds, or draw some of the settings at random", mostTrials)
	}
	return nil
}

// size is how many trials the search has, and more than mostTrials when they are too many.
func (s Space) size() int {
	n := s.Seeds
	if s.Random > 0 {
		return n * s.Random // both are bounded
	}
	for _, c := range s.Grid {
		if n *= len(c.Values); n > mostTrials {
			return n
		}
	}
	return n
}
