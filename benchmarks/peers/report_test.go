package main

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

// timed is a contestant's result of so many seconds a step in each round.
func timed(key string, seconds ...float64) result {
	return result{key: key, name: strings.ToUpper(key), seconds: seconds}
}

func square(n int, t string) protocol.Work {
	return protocol.Work{Name: t, Kind: protocol.Sgemm, M: n, N: n, K: n}
}

// aReport has products of two sizes, in two transposes each, on one core, and a perceptron.
func aReport() report {
	of := func(w protocol.Work, heft, peak, numpy, gonum float64) outcome {
		return outcome{w, []result{timed("heft", heft, heft), timed("peak", peak, peak), timed("numpy", numpy, numpy), timed("gonum", gonum, math.NaN())}}
	}
	loss := 1.5
	step := outcome{perceptrons[0], []result{timed("heft", 1, 2), timed("torch", 2, 4), timed("jax", 1.5, 3), timed("spago", 9, 18), {key: "gomlx", name: "GOMLX", left: "no such layer"}}}
	step.results[0].value = &loss
	converted := outcome{files(1 << 30)[3], []result{timed("heft", 0.5, 0.5), timed("torch", 1, 0.5)}}
	converted.results[0].memory = 32 << 20
	return report{
		rounds: 2,
		about:  map[string]string{"heft": "Heft 1", "torch": "left out: no Python"},
		sections: []done{
			{section{inProducts, "Products", 1, nil, writeProducts}, []outcome{
				of(square(32, "NN"), 1, 0.1, 1, 1), of(square(32, "NT"), 1, 0.1, 1, 1),
				of(square(64, "NN"), 1, 0.9, 2, 20), of(square(64, "NT"), 1, 0.4, 0.5, 5),
			}},
			{section{inSteps, "Steps", runtime.NumCPU(), nil, writeSteps}, []outcome{step}},
			{section{inFiles, "Files", runtime.NumCPU(), nil, writeFiles}, []outcome{converted}},
		},
		starts: []beginning{{
			perceptrons[0],
			[]start{{"heft", "HEFT", []float64{0.1}, []float64{2 << 20}}, {"torch", "TORCH", []float64{4}, []float64{40 << 20}}},
		}},
	}
}

func TestReportHasATableForEachSection(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	aReport().write(&out)
	for _, line := range []string{
		"- `heft`: Heft 1", "- `torch`: left out: no Python",
		"### Products", "| M x K x N | HEFT, GFLOP/s | PEAK | NUMPY | GONUM |",
		"| 32x32x32 | 0 | 0.1 (0.1 to 0.1) | 1 (1 to 1) | 1 (1 to 1) |",
		"| 64x64x64 | 0 | 0.6 (0.6 to 0.6) | 1 (1 to 1) | 10 (10 to 10) |",
		"| geometric mean from 64 up | 0 | 0.6 (0.6 to 0.6) | 1 (1 to 1) | 10 (10 to 10) |",
		"### Steps", "| " + perceptrons[0].Name + " | ms | x HEFT's (quartiles) | loss after 5 steps |",
		"| HEFT | 1500 | 1 (1 to 1) | 1.50000 |", "| JAX | 2250 | 1.5 (1.5 to 1.5) |  |", "| GOMLX | left out: no such layer | | |",
		"### Files", "| HEFT | 500 | 1 (1 to 1) | 2.15 | 32 |", "| TORCH | 750 | 1.5 (1.25 to 1.75) | 1.43 |  |",
		"### " + startTitle, "| TORCH | 4000 | 40 | 40 | 20 |",
	} {
		assert.Contains(t, out.String(), line+"\n")
	}
}

func TestReportComparesWithTheAims(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	aReport().writeAims(&out)
	for _, line := range []string{
		"| products' share of the peak, geometric mean, one core | 0.82 | 0.6 | missed |",
		"| products' share of the peak, worst, one core | 0.6 | 0.4 | missed |",
		"| products: OpenBLAS's time / Heft's, one core | 1.05 | 1 | missed |",
		"| products: gonum's time / Heft's, one core | 12 | 10 | missed |",
		"| " + perceptrons[0].Name + ": the fastest of PyTorch's and JAX's times / Heft's | 1.7 | 1.5 | missed |",
		"| " + perceptrons[0].Name + ": the fastest Go library's time / Heft's | 8 | 9 | met |",
		"| " + files(1 << 30)[3].Name + ": safetensors.torch's time / Heft's | 1.3 | 1.5 | met |",
		"| " + files(1 << 30)[3].Name + ": 64 MiB / Heft's memory that no file has | 1 | 2 | met |",
		"| start to the first finished step: PyTorch's time / Heft's | 50 | 40 | missed |",
		"| start to the first finished step: PyTorch's memory / Heft's | 15 | 20 | met |",
	} {
		assert.Contains(t, out.String(), line+"\n")
	}
}

func TestSmallProductsAreComparedWithOneCoresPeak(t *testing.T) {
	t.Parallel()
	small := outcome{square(64, "NN"), []result{timed("heft", 1), timed("peak", 0.35)}}
	large := outcome{square(1000, "NN"), []result{timed("heft", 1), timed("peak", 0.75)}}
	assert.InDelta(t, 0.7, worstShare([]outcome{small, large}, 2), 1e-12)
	assert.InDelta(t, 0.35, worstShare([]outcome{small, large}, 1), 1e-12)
}

func TestAimsThatWereNotMeasuredAreNotShown(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	report{sections: []done{
		{section{label: inSteps, cores: runtime.NumCPU()}, []outcome{{perceptrons[0], []result{timed("jax", 1), timed("torch", 2)}}}},
		{section{label: inProducts, cores: 1}, []outcome{{square(64, "NN"), []result{timed("heft", 1)}}}},
	}}.writeAims(&out)
	assert.Empty(t, out.String())
}

func TestGeneratedPartIsReplaced(t *testing.T) {
	t.Parallel()
	got, err := replaceGenerated([]byte("a\n"+generatedBegin+"old\n"+generatedEnd+"b\n"), []byte("new\n"))
	require.NoError(t, err)
	assert.Equal(t, "a\n"+generatedBegin+"new\n"+generatedEnd+"b\n", string(got))
	for _, text := range []string{"", generatedBegin, generatedEnd, generatedEnd + generatedBegin} {
		_, err := replaceGenerated([]byte(text), nil)
		assert.ErrorContains(t, err, "there is no part between", text)
	}
}

func TestBusyMachineIsMentioned(t *testing.T) {
	t.Parallel()
	for text, mentions := range map[string]bool{"2.20 1.50 2.00 1/99 12": false, "5.25 8.32 7.76 1/99 12": true, "?": false} {
		assert.Equal(t, mentions, busyText(text, 2) != "", text)
	}
}

func TestQuantileInterpolatesAndPassesOverNaN(t *testing.T) {
	t.Parallel()
	values := []float64{4, 1, math.NaN(), 3, 2}
	assert.Equal(t, 2.5, median(values))
	assert.Equal(t, 1.75, quantile(values, 0.25))
	assert.Equal(t, 4.0, quantile(values, 1))
	assert.Equal(t, 7.0, quantile([]float64{7}, 0.5))
	assert.Equal(t, 4.0, values[0], "values keep their order")
	assert.True(t, math.IsNaN(median(nil)))
	assert.Equal(t, 2.0, geometricMean([]float64{1, 4}))
	assert.True(t, math.IsNaN(geometricMean([]float64{1, math.NaN()})))
}
