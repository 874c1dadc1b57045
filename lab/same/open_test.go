package same_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/same"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func opened(t *testing.T, content []byte) (*same.Network, error) {
	t.Helper()
	f, err := serialize.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	return same.Open(f, "file")
}

// What a pair left is compared as it was when it was trained, residual networks and schemes with multipliers too.
func TestFilesOfAPairAreComparedAsThePairWas(t *testing.T) {
	t.Parallel()
	p := small()
	p.Setup.Steps, p.Setup.Residual, p.Setup.Scheme, p.Setup.Optimizer, p.Setup.LR = 50, lab.PreNormResidual, "mup(8)", "adam", 0.01
	trained := run(t, p, 2)
	a, err := opened(t, trained.Files[0])
	require.NoError(t, err)
	b, err := opened(t, trained.Files[1])
	require.NoError(t, err)
	f, err := same.Compare(context.Background(), a, b)
	require.NoError(t, err)
	require.NotNil(t, f.Behaviour, f.Why)
	assert.Equal(t, trained.Findings.Behaviour, f.Behaviour)
	assert.Equal(t, trained.Findings.Params, f.Params)
}

// Anyone can write a record: one that does not describe the weights takes no memory for what it describes.
func TestRecordsThatAreNotOfTheWeightsAreRefused(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.KaimingNormal())
	nn.NewMLP(s.Root(), 2, 8, 8, 2)
	of := small().Setup
	of.Data, of.Depth, of.Width = "moons", 2, 8
	for want, change := range map[string]func(r *same.Record){
		"":                                      func(*same.Record) {},
		"there is no network 2 of two":          func(r *same.Record) { r.This = 2 },
		"there is no network -1 of two":         func(r *same.Record) { r.This = -1 },
		"width is -8":                           func(r *same.Record) { r.Networks[0].Width = -8 },
		`data is "banana"`:                      func(r *same.Record) { r.Networks[0].Data = "banana" },
		"no-such-table.csv":                     func(r *same.Record) { r.Networks[0].Data = "csv:no-such-table.csv" },
		"not of the network in its record":      func(r *same.Record) { r.Networks[0].Width = 1 << 10; r.Networks[0].Depth = 1 },
		"its weights are not of the network in": func(r *same.Record) { r.Networks[0].Depth = 1000 },
		"0.weight":                              func(r *same.Record) { r.Networks[0].Residual = lab.PlainResidual },
	} {
		r := same.Record{Networks: [2]lab.Setup{of, of}}
		change(&r)
		text, err := json.Marshal(r)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, safetensors.Write(&b, s.Tensors(), dtype.F32, safetensors.Metadata(map[string]string{same.RecordKey: string(text)})))
		n, err := opened(t, b.Bytes())
		if want == "" {
			require.NoError(t, err)
			assert.Equal(t, s.Param("0.weight").Data, n.Store.Param("0.weight").Data)
			continue
		}
		require.ErrorContains(t, err, want)
		assert.Nil(t, n)
	}
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, s.Tensors(), dtype.F32))
	_, err := opened(t, b.Bytes())
	require.ErrorIs(t, err, same.ErrNoRecord)
	b.Reset()
	require.NoError(t, safetensors.Write(&b, s.Tensors(), dtype.F32, safetensors.Metadata(map[string]string{same.RecordKey: "{"})))
	_, err = opened(t, b.Bytes())
	require.ErrorContains(t, err, "its record")
}
