package train

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARuleOfTheInitializationThatFitsNoParameterIsRefused(t *testing.T) {
	t.Parallel()
	c := Default("moons")
	c.Init = "xavier-uniform; 0.bias=constant(0.25); 4.*=zeros"
	s, _, err := c.build(samples{features: 2, outputs: 2})
	require.NoError(t, err)
	require.Equal(t, float32(0.25), s.Param("0.bias").Data[0])
	require.Zero(t, s.Param("4.weight").Data[0])
	c.Init = "xavier-uniform; head.*=zeros"
	_, _, err = c.build(samples{features: 2, outputs: 2})
	require.EqualError(t, err, `init "xavier-uniform; head.*=zeros": the pattern "head.*" fits no parameter of model mlp:32,32, which has 0.weight, 0.bias, 2.weight, 2.bias, 4.weight, 4.bias`)
	c = Default("text")
	model, err := c.languageConfig(10)
	require.NoError(t, err)
	c.Init = "gpt2; h.*.c_porj.weight=zeros"
	_, _, err = c.buildLanguage(model)
	require.ErrorContains(t, err, `the pattern "h.*.c_porj.weight" fits no parameter of model gpt`)
	require.ErrorContains(t, err, "wte.weight, wpe.weight, h.0.ln_1.weight")
}
