package session

import (
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
)

// TestMain computes as WebAssembly does, which has no vector instructions.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := isa.Use(isa.None); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

//go:embed testdata/losses.json
var goldenFiles embed.FS

// golden is what a native amd64 program computes at level none.
type golden struct {
	Setup  lab.Setup `json:"setup"`
	Losses []string  `json:"losses"` // the first, the middle and the last one, as hexadecimal floats
	SHA256 string    `json:"sha256"` // of all losses' bits, little endian, and of the signal and gradient of the start before them
}

// goldenSetups have a row for everything that draws or computes in its own way.
func goldenSetups() (setups []lab.Setup) {
	add := func(change func(s *lab.Setup)) {
		s := Default()
		s.Depth, s.Steps = 4, 120
		change(&s)
		setups = append(setups, s)
	}
	add(func(*lab.Setup) {})
	for _, scheme := range []string{"xavier-uniform", "orthogonal", "truncated-normal(0,0.3,-1,1)", "sparse", lab.LSUVScheme, "kaiming-normal; 2.weight=zeros"} {
		add(func(s *lab.Setup) { s.Scheme, s.Data = scheme, "circles" })
	}
	for _, activation := range []string{"tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "elu", "softplus"} {
		add(func(s *lab.Setup) { s.Activation, s.Data, s.Scheme = activation, "xor", "xavier-normal" })
	}
	for _, optimizer := range []string{"adamw", "rmsprop"} {
		add(func(s *lab.Setup) { s.Optimizer, s.LR, s.Data = optimizer, 0.003, "gauss" })
	}
	add(func(s *lab.Setup) { s.Data, s.Steps = "digits", 40 })
	for _, kind := range lab.Residuals() {
		add(func(s *lab.Setup) { s.Residual, s.Activation, s.Scheme, s.Momentum = kind, "gelu", "gpt2(0.1)", 0.9 })
	}
	return setups
}

func computed(t *testing.T, setup lab.Setup) golden {
	t.Helper()
	s, err := Open(setup)
	require.NoError(t, err)
	h := sha256.New()
	put := func(v Number) { require.NoError(t, binary.Write(h, binary.LittleEndian, math.Float64bits(float64(v)))) }
	for _, l := range s.View(false).Layers {
		put(l.Signal)
		put(l.Gradient)
	}
	losses := s.Train(setup.Steps).Losses
	for _, l := range losses {
		put(l)
	}
	g := golden{Setup: setup, SHA256: hex.EncodeToString(h.Sum(nil))}
	for _, l := range []Number{losses[0], losses[len(losses)/2], losses[len(losses)-1]} {
		g.Losses = append(g.Losses, fmt.Sprintf("%x", float64(l)))
	}
	return g
}

// TestTheEngineGivesTheLossesOfANativeProgramToTheBit runs on every platform: as WebAssembly it compares the page's engine
// with what amd64 wrote. HEFT_WRITE_GOLDEN names the file to write anew, after a change that is meant to change numbers.
func TestTheEngineGivesTheLossesOfANativeProgramToTheBit(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("HEFT_WRITE_GOLDEN"); path != "" {
		var all []golden
		for _, s := range goldenSetups() {
			all = append(all, computed(t, s))
		}
		text, err := json.MarshalIndent(all, "", " ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, append(text, '\n'), 0o600))
	}
	text, err := goldenFiles.ReadFile("testdata/losses.json")
	require.NoError(t, err)
	var all []golden
	require.NoError(t, json.Unmarshal(text, &all))
	setups := goldenSetups()
	require.Len(t, all, len(setups))
	for i, want := range all {
		name := fmt.Sprintf("%s %s %s %s", want.Setup.Data, want.Setup.Activation, want.Setup.Scheme, want.Setup.Optimizer)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, setups[i], want.Setup)
			assert.Equal(t, want, computed(t, want.Setup))
		})
	}
}
