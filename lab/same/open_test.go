package same_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// A name does not say which data it stands for: a table may have other classes by now, or be another one in another folder.
func TestFilesAreComparedOnTheDataThatTheyLearnedFromAlone(t *testing.T) {
	t.Parallel()
	table := filepath.Join(t.TempDir(), "points.csv")
	fill := func(left, right string) {
		rows := strings.Repeat(fmt.Sprintf("-1,-1,%[1]s\n-1,1,%[1]s\n1,1,%[2]s\n1,-1,%[2]s\n", left, right), 8)
		require.NoError(t, os.WriteFile(table, []byte("x,y,side\n"+rows), 0o666))
	}
	p := small()
	p.Setup.Steps, p.Data = 5, [2]string{"csv:" + table, "moons"}
	fill("left", "right")
	content := run(t, p, 1).Files[0]
	_, err := opened(t, content)
	require.NoError(t, err)
	fill("right", "left")
	_, err = opened(t, content)
	require.ErrorContains(t, err, "points.csv has changed since then")
}

// The start of a network whose weights are in a file is of no use: it can take minutes, or fail.
func TestStartsOfNetworksInFilesAreNotDrawnAgain(t *testing.T) {
	t.Parallel()
	s := small().Setup
	s.Data, s.Depth, s.Width, s.Scheme = "moons", 20, 1, lab.LSUVScheme
	_, err := lab.New(s)
	require.ErrorContains(t, err, "lsuv", "the only unit of a layer is dead")
	s.Scheme = "zeros"
	e, err := lab.New(s)
	require.NoError(t, err)
	s.Scheme = lab.LSUVScheme
	on := lab.HashesOf(e.Train, e.Test)
	_, err = opened(t, file(t, e.Store, same.Record{Networks: [2]lab.Setup{s, s}, Data: [2]lab.Hashes{on, on}}))
	require.NoError(t, err)
}

// file is a file of weights with a record.
func file(t *testing.T, s *nn.Store, r same.Record) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, s.Tensors(), dtype.F32, safetensors.Metadata(map[string]string{same.RecordKey: string(text)})))
	return b.Bytes()
}

// Anyone can write a record: one that does not describe the weights takes no memory for what it describes.
func TestRecordsThatAreNotOfTheWeightsAreRefused(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.KaimingNormal())
	nn.NewMLP(s.Root(), 2, 8, 8, 2)
	of := small().Setup
	of.Data, of.Depth, of.Width = "moons", 2, 8
	train, test, err := lab.Open(of.Data)
	require.NoError(t, err)
	on := lab.HashesOf(train, test)
	for want, change := range map[string]func(r *same.Record){
		"":                                      func(*same.Record) {},
		"there is no network 2 of two":          func(r *same.Record) { r.This = 2 },
		"there is no network -1 of two":         func(r *same.Record) { r.This = -1 },
		"width is -8":                           func(r *same.Record) { r.Networks[0].Width = -8 },
		`data is "banana"`:                      func(r *same.Record) { r.Networks[0].Data = "banana" },
		"no-such-table.csv":                     func(r *same.Record) { r.Networks[0].Data = "csv:no-such-table.csv" },
		"not of the network in its record":      func(r *same.Record) { r.Networks[0].Width = 1 << 10; r.Networks[0].Depth = 1 },
		"its weights are not of the network in": func(r *same.Record) { r.Networks[0].Depth = 1000 },
		"of an older Heft, which did not write": func(r *same.Record) { r.Data = [2]lab.Hashes{} },
		"moons has changed since then":          func(r *same.Record) { r.Data[0].Test = r.Data[0].Train },
		"0.weight":                              func(r *same.Record) { r.Networks[0].Residual = lab.PlainResidual },
	} {
		r := same.Record{Networks: [2]lab.Setup{of, of}, Data: [2]lab.Hashes{on, on}}
		change(&r)
		n, err := opened(t, file(t, s, r))
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
	_, err = opened(t, b.Bytes())
	require.ErrorIs(t, err, same.ErrNoRecord)
	b.Reset()
	require.NoError(t, safetensors.Write(&b, s.Tensors(), dtype.F32, safetensors.Metadata(map[string]string{same.RecordKey: "{"})))
	_, err = opened(t, b.Bytes())
	require.ErrorContains(t, err, "its record")
}
