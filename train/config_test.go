package train_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/train"
)

func TestConfigurationNamesTheSettingThatIsWrong(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(c *train.Config){
		`unknown data set "x"`:           func(c *train.Config) { c.Spec.Name = "x" },
		`no model is called "vgg"`:       func(c *train.Config) { c.Model = "vgg" },
		`width "0"`:                      func(c *train.Config) { c.Model = "mlp:0" },
		`width "99999999"`:               func(c *train.Config) { c.Model = "mlp:99999999" },
		`width ""`:                       func(c *train.Config) { c.Model = "mlp:3,,4" },
		`hidden layers`:                  func(c *train.Config) { c.Model = "mlp:1" + strings.Repeat(",1", 2000) },
		`no activation is called "swi"`:  func(c *train.Config) { c.Activation = "swi" },
		`no initialization is called`:    func(c *train.Config) { c.Init = "he" },
		`no optimizer is called "rprop"`: func(c *train.Config) { c.Optimizer = "rprop" },
		`momentum is 0.9, but adamw`:     func(c *train.Config) { c.Momentum = 0.9 },
		`beta2 is 1`:                     func(c *train.Config) { c.Beta2 = 1 },
		`beta2 is 0.9, but sgd takes`:    func(c *train.Config) { c.Beta2, c.Optimizer = 0.9, "sgd" },
		`use epochs`:                     func(c *train.Config) { c.Steps = 100 },
		`model "gpt" is for a text`:      func(c *train.Config) { c.Model = "gpt" },
		`ema is 1`:                       func(c *train.Config) { c.EMA = 1 },
		`watches the validation loss`:    func(c *train.Config) { c.Schedule, c.Validation = "warmup+plateau", 0 },
		`no schedule is called "poly"`:   func(c *train.Config) { c.Schedule = "poly" },
		`validation is 0.95`:             func(c *train.Config) { c.Validation = 0.95 },
		`dropout is 1`:                   func(c *train.Config) { c.Dropout = 1 },
		`lr is NaN`:                      func(c *train.Config) { c.LR = math.NaN() },
		`lr is -1, but must be above 0`:  func(c *train.Config) { c.LR = -1 },
		`lr is 0, with which nothing`:    func(c *train.Config) { c.LR = 0 },
		`weight decay is +Inf, but must`: func(c *train.Config) { c.WeightDecay = math.Inf(1) },
		`clip norm is -1`:                func(c *train.Config) { c.ClipNorm = -1 },
		`label smoothing is 1`:           func(c *train.Config) { c.LabelSmoothing = 1 },
		`patience is -1`:                 func(c *train.Config) { c.Patience = -1 },
		`needs a validation part`:        func(c *train.Config) { c.Patience, c.Validation = 2, 0 },
		`epochs is 0`:                    func(c *train.Config) { c.Epochs = 0 },
		`batch is 0`:                     func(c *train.Config) { c.Batch = 0 },
		`but must be from 1 to`:          func(c *train.Config) { c.Batch = math.MaxInt },
		`epochs is 9223372036854775807`:  func(c *train.Config) { c.Epochs = math.MaxInt },
		`save dtype is I8`:               func(c *train.Config) { c.SaveDType = dtype.I8 },
	} {
		c := train.Default("digits")
		spoil(&c)
		err := c.Check()
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
	assert.NoError(t, train.Default("spiral").Check())
}

func TestReadConfigRefusesWhatIsNoConfiguration(t *testing.T) {
	t.Parallel()
	good, err := json.Marshal(train.Default("digits"))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"empty":     "",
		"truncated": string(good[:len(good)/2]),
		"other":     `{"hidden_size": 768}`,
		"dtype":     strings.Replace(string(good), `"F32"`, `"F99"`, 1),
		"trailing":  string(good) + `{}`,
		"epochs":    strings.Replace(string(good), `"epochs":30`, `"epochs":-1`, 1),
		"large":     strings.Repeat(" ", 2<<20),
	} {
		path := filepath.Join(t.TempDir(), "config.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err := train.ReadConfig(path)
		if assert.ErrorContains(t, err, path, name) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
	_, err = train.ReadConfig(filepath.Join(t.TempDir(), "nothing.json"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzParseConfig(f *testing.F) {
	good, _ := json.Marshal(train.Default("digits"))
	f.Add(good)
	ofText, _ := json.Marshal(train.DefaultFor("text", "charrnn:cell=gru,layers=3"))
	f.Add(ofText)
	f.Add([]byte(`{"model":"mlp:1,2","init":"normal(0"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := train.ParseConfig(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(c)
		require.NoError(t, err)
		same, err := train.ParseConfig(again)
		require.NoError(t, err)
		require.Equal(t, c, same)
	})
}
