package tune

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/train"
)

// Setter changes the setting of a configuration that has a name on the command line, from text. The error says that no
// setting has the name, or what is wrong with the value.
type Setter func(c *train.Config, name, value string) error

// Plan is a search, spelled out.
type Plan struct {
	Config   train.Config `json:"config"` // what all trials share; its seed is that of the first trial of each setting, and of what is drawn
	Space                 // what is tried
	Names    []string     `json:"names"`    // the settings that are varied
	Settings [][]string   `json:"settings"` // their values, in the order of the names

	trials []Trial
	set    Setter
}

// Trial is one training of a plan.
type Trial struct {
	Number  int    // from 1
	Name    string // of its folder in that of the search
	Setting int    // which of the plan's, from 1
	Config  train.Config
}

// NewPlan spells out a search. The error says what in the space, or in which setting, cannot be used.
func NewPlan(c train.Config, s Space, set Setter) (*Plan, error) {
	if s.Rank == "" {
		s.Rank = ByLoss
	}
	if s.Seeds == 0 {
		s.Seeds = 1
	}
	p := &Plan{Config: c, Space: s, Names: s.Varied(), set: set}
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := p.checkValues(); err != nil {
		return nil, err
	}
	if s.Random == 0 {
		p.Settings = s.combinations()
	} else {
		var err error
		if p.Settings, err = s.draws(c.Seed); err != nil {
			return nil, err
		}
	}
	return p, p.spell()
}

// checkValues returns an error when a value cannot be read, or when two of a list are the same.
func (p *Plan) checkValues() error {
	for _, g := range p.Grid {
		seen := map[string]string{}
		for _, v := range g.Values {
			c := p.Config
			if err := p.set(&c, g.Name, v); err != nil {
				return fmt.Errorf("grid %.40q: %w%s", g.Name, err, g.torn())
			}
			key, err := json.Marshal(c)
			if err != nil {
				return fmt.Errorf("grid %.40q: %.40q: %w", g.Name, v, err)
			}
			if other, same := seen[string(key)]; same {
				return fmt.Errorf("grid %.40q has the value %.40q twice, also as %.40q", g.Name, v, other)
			}
			seen[string(key)] = v
		}
	}
	return nil
}

// trialDigits is how many digits the number in a trial's name has, at least.
const trialDigits = 4

// spell makes the trials of the settings, and checks each.
func (p *Plan) spell() error {
	if p.Config.Seed > math.MaxUint64-uint64(p.Seeds-1) {
		return fmt.Errorf("seed is %d: there are not %d seeds from there", p.Config.Seed, p.Seeds)
	}
	total := len(p.Settings) * p.Seeds
	digits := max(trialDigits, len(strconv.Itoa(total)))
	p.trials = make([]Trial, 0, total)
	for i, values := range p.Settings {
		c := p.Config
		for j, name := range p.Names {
			if err := p.set(&c, name, values[j]); err != nil {
				return err
			}
		}
		err := c.Check()
		if err == nil && c.Validation == 0 {
			err = errors.New("validation is 0, but trials are ranked by their score on the validation part")
		}
		if err != nil {
			hint := ""
			for _, g := range p.Grid {
				hint = cmp.Or(hint, g.torn())
			}
			return fmt.Errorf("%s%w%s", p.label(i+1, ": "), err, hint)
		}
		for k := range p.Seeds {
			n := len(p.trials) + 1
			t := Trial{Number: n, Name: fmt.Sprintf("trial-%0*d", digits, n), Setting: i + 1, Config: c}
			t.Config.Seed += uint64(k)
			p.trials = append(p.trials, t)
		}
		if first := p.trials[0].Config; p.Rank == ByScore && c.Spec.Tokenizer != first.Spec.Tokenizer {
			return fmt.Errorf("the accuracy of tokens says nothing where tokens differ, as those of %.40q and %.40q do: rank by %s", first.Spec.Tokenizer, c.Spec.Tokenizer, ByLoss)
		}
	}
	return nil
}

// Trials lists the trials: those of the first setting, then those of the second and so on.
func (p *Plan) Trials() []Trial { return p.trials }

// label names the values of a setting, from 1, and puts end behind them; "" when nothing is varied.
func (p *Plan) label(setting int, end string) string {
	if len(p.Names) == 0 {
		return ""
	}
	var words []string
	for i, name := range p.Names {
		words = append(words, name+"="+p.Settings[setting-1][i])
	}
	return strings.Join(words, " ") + end
}
