package report

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/lab"
)

func TestAJacobianThatIsNotFiniteKeepsNoDirectionAndLosesNone(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Setup.Width, s.Setup.Steps, s.Seeds = 60, 16, 0, 1
	s.Cases = []lab.Case{{Name: "too large", Scheme: "normal(0,10)"}, {Name: "Kaiming", Scheme: "kaiming-normal"}}
	f := find(t, s, 2)
	assert.Nil(t, f.Runs[0][0].JacobianValues)
	said := spectrumSentence(f, judge(f))
	assert.Contains(t, said, "the Jacobian is not finite with “too large”")
	assert.NotContains(t, said, "0 reach")
}

func TestASingleUnitHasNothingToKeepApart(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Width, s.Seeds = 1, 1
	for _, section := range New(find(t, s, 2)).Sections {
		assert.NotContains(t, []string{"symmetry", "spectrum"}, section.Name)
	}
}
