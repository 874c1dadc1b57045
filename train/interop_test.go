package train_test

import (
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/train"
)

// twin loads a run's weights into torch.nn.Sequential and prints the logits of the samples it is given.
const twin = `
import json, sys
import torch
from safetensors.torch import load_file

weights, samples = sys.argv[1:]
net = torch.nn.Sequential(
    torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Dropout(0.3),
    torch.nn.Linear(256, 256), torch.nn.ReLU(), torch.nn.Dropout(0.3),
    torch.nn.Linear(256, 10)).eval()
net.load_state_dict(load_file(weights))
x = torch.tensor(json.load(open(samples)), dtype=torch.float32).reshape(-1, 64)
with torch.no_grad():
    print(json.dumps(net(x).flatten().tolist()))
`

func TestPyTorchTwinGivesTheSameLogits(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	dir := t.TempDir()
	c := train.Default("digits")
	c.Epochs = 5
	r, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	_, test := data.Digits()
	samples := filepath.Join(dir, "samples.json")
	writeJSON(t, samples, test.X.Data())

	var theirs []float64
	out := interop.Run(t, twin, filepath.Join(dir, train.WeightsFile), samples)
	require.NoError(t, json.Unmarshal([]byte(out), &theirs))
	p := nn.NewPass(r.Store, nn.Inference)
	ours := r.Model.Forward(p, p.Input(test.X)).Data()
	require.Len(t, theirs, len(ours))
	for i, v := range ours {
		require.LessOrEqual(t, math.Abs(float64(v)-theirs[i]), 1e-5+1e-5*math.Abs(theirs[i]), "logit %d", i)
	}
	assert.NotEmpty(t, ours)
}
