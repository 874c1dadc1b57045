package train

import (
	"fmt"
	"strings"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// namesShown is how many names of parameters an error lists.
const namesShown = 6

// checkInitRules refuses an initialization with a rule about parameters that the model does not have.
func (c Config) checkInitRules(s *nn.Store) error {
	var names []string
	for _, p := range s.Params() {
		names = append(names, p.Name)
	}
	unmatched := initializer.Unmatched(s.Scheme(), names)
	if len(unmatched) == 0 {
		return nil
	}
	more := ""
	if len(names) > namesShown {
		names, more = names[:namesShown], ", ..."
	}
	return fmt.Errorf("init %.100q: the pattern %.100q fits no parameter of model %s, which has %s%s", c.Init, unmatched[0], c.Model, strings.Join(names, ", "), more)
}
