package report

import (
	"fmt"
	"strconv"
	"strings"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
)

// studySettings lists everything that decides the numbers of a study.
func studySettings(f *lab.Findings) [][2]string {
	return [][2]string{
		dataSetting(f.Setup, f.Train), networkSetting(f.Setup), startSetting(f.Cases), trainingSetting(f.Setup),
		seedSetting(f.Setup, f.Seeds), versionSetting(),
	}
}

func dataSetting(s lab.Setup, train *data.Set) [2]string {
	return [2]string{"data", fmt.Sprintf("%s: %d training samples of %s in %d classes, scaled to mean 0 and standard deviation 1",
		s.Data, train.Len(), many(train.Features(), "number"), len(train.Classes))}
}

func networkSetting(s lab.Setup) [2]string {
	text := fmt.Sprintf("%s of %d units, %s", layersOf(s), s.Width, s.Activation)
	if s.Residual != "" {
		text += fmt.Sprintf("; a block is %s, with f two linear layers and the activation between them, and counts as a hidden layer", blocks[s.Residual])
	}
	return [2]string{"network", text}
}

// blocks says what a block of a residual network computes.
var blocks = map[string]string{
	lab.PlainResidual:    "x + f(x)",
	lab.PreNormResidual:  "x + f(norm(x))",
	lab.PostNormResidual: "norm(x + f(x))",
	lab.DeepNetResidual:  "norm(αx + f(x)), α the fourth root of the number of blocks",
}

// layersOf counts the layers of a network that signals are shown of.
func layersOf(s lab.Setup) string { return many(s.Depth, layerWord(s)) }

func layerWord(s lab.Setup) string {
	if s.Residual == "" {
		return "hidden layer"
	}
	return s.Residual + " residual block"
}

func startSetting(cases []lab.Case) [2]string {
	var starts []string
	for _, c := range cases {
		start := c.Name
		if c.Scheme != c.Name {
			start += ": " + c.Scheme
		}
		starts = append(starts, start)
	}
	return [2]string{"starts", strings.Join(starts, "; ")}
}

func trainingSetting(s lab.Setup) [2]string { return trainingAt(s, []float64{s.LR}) }

// trainingAt is about training at each of some learning rates.
func trainingAt(s lab.Setup, rates []float64) [2]string {
	word := "learning rate"
	if len(rates) > 1 {
		word += "s"
	}
	optimizer := fmt.Sprintf("%s, %s %s", s.Optimizer, word, listed(rates))
	if s.Momentum != 0 {
		optimizer += fmt.Sprintf(", momentum %v", s.Momentum)
	}
	return [2]string{"training", fmt.Sprintf("%s, %s of %s", optimizer, many(s.Steps, "step"), many(s.Batch, "sample"))}
}

func seedSetting(s lab.Setup, seeds int) [2]string {
	text := fmt.Sprint(s.Seed)
	if seeds > 1 {
		text = fmt.Sprintf("%d to %d", s.Seed, s.Seed+uint64(seeds)-1)
	}
	return [2]string{"seeds", text}
}

// seedName writes the seed of one of several runs, which count from the first.
func seedName(first uint64, run int) string { return strconv.FormatUint(first+uint64(run), 10) }

func versionSetting() [2]string {
	return [2]string{"version", fmt.Sprintf("heft %s, vector instructions: %s", heft.Version, autograd.SIMD())}
}
