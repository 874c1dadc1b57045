package lab

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
)

// What is computed with weights from a file is what was computed with them in training, whatever their start was.
func TestUndrawnNetworksHaveTheMultipliersOfTheirStart(t *testing.T) {
	t.Parallel()
	names, _ := initializer.Names()
	train, test, err := Open("xor")
	require.NoError(t, err)
	for _, residual := range []string{"", PreNormResidual} {
		for _, scheme := range append(names, LSUVScheme, "mup(8)", "orthogonal; *.bias=mup(4)", "mup(2); 0.bias=zeros; *.weight=mup(4,zero=head)") {
			s := Default()
			s.Depth, s.Width, s.Residual, s.Scheme = 2, 16, residual, scheme
			drawn, err := NewOn(s, train, test)
			if err != nil {
				continue
			}
			undrawn, err := NewUndrawn(s, train, test)
			require.NoError(t, err, scheme)
			for i, p := range drawn.Store.Params() {
				q := undrawn.Store.Params()[i]
				assert.Equal(t, p.Name, q.Name, scheme)
				assert.Equal(t, p.Shape, q.Shape, scheme)
				assert.Equal(t, []float32{p.Multiplier, p.LRMultiplier}, []float32{q.Multiplier, q.LRMultiplier}, "%s: %s", scheme, p.Name)
				assert.Equal(t, make([]float32, len(q.Data)), q.Data, "%s: %s", scheme, p.Name)
			}
		}
	}
}
