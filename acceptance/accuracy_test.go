package acceptance_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/train"
)

func TestModelsReachTheirAccuracyOnFashionMNIST(t *testing.T) {
	t.Parallel()
	if !testmode.Full() {
		t.Skip("run with -full to train on 60,000 images")
	}
	if dir, err := data.Locate("fashion-mnist"); err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("%v, or apt-get install dataset-fashion-mnist", err)
	} else {
		t.Logf("from %s", dir)
	}
	for _, model := range []struct {
		name, epochs string
		least        float64
	}{{"mlp:300,100", "10", 0.88}, {"lenet300", "15", 0.89}, {"lenet", "15", 0.9}, {"resnet20", "10", 0.92}} {
		t.Run(model.name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			begun := time.Now()
			s.must(t, "train", "fashion-mnist", "--model", model.name, "--epochs", model.epochs, "--quiet", "--out", "run")
			t.Logf("trained in %v", time.Since(begun).Round(time.Second))
			var score train.Score
			require.NoError(t, json.Unmarshal([]byte(s.must(t, "eval", "run", "--json")), &score))
			t.Logf("accuracy %.2f%%", 100*score.Accuracy)
			assert.Equal(t, 10000, score.Samples)
			assert.GreaterOrEqual(t, score.Accuracy, model.least)
		})
	}
}

// together finds the accuracy over all folds in what examples/crossval prints.
var together = regexp.MustCompile(`(?m)^together: 1797 digits, accuracy (\d+\.\d+)%$`)

func TestCrossValidationOfTheDefaultRecipeReaches97Percent(t *testing.T) {
	t.Parallel()
	if !testmode.Full() {
		t.Skip("run with -full to train the five networks")
	}
	out, err := exec.CommandContext(t.Context(), "go", "run", "github.com/heft-ml/heft/examples/crossval").CombinedOutput()
	require.NoError(t, err, string(out))
	found := together.FindSubmatch(out)
	require.NotNil(t, found, string(out))
	percent, err := strconv.ParseFloat(string(found[1]), 64)
	require.NoError(t, err)
	t.Logf("accuracy %.2f%%", percent)
	assert.GreaterOrEqual(t, percent, 97.0)
}
