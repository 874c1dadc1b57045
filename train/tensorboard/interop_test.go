package tensorboard

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

// accumulate prints what a folder's run holds for TensorBoard, as lines of JSON: first by EventAccumulator, the Python
// interface, then by what its server uses where its Rust loader is absent.
const accumulate = `
import json, struct, sys
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

def bits(x):
    return struct.pack(">f", x).hex()

run = event_accumulator.EventAccumulator(sys.argv[1], event_accumulator.STORE_EVERYTHING_SIZE_GUIDANCE).Reload()
tags = run.Tags()
print(json.dumps({
    "scalars": {tag: [[e.step, e.wall_time, bits(e.value)] for e in run.Scalars(tag)] for tag in tags["scalars"]},
    "histograms": {tag: [{"Step": e.step, "WallTime": e.wall_time, "Min": h.min, "Max": h.max, "Num": h.num, "Sum": h.sum,
        "SumSquares": h.sum_squares, "Limits": h.bucket_limit, "Counts": h.bucket}
        for e in run.Histograms(tag) for h in [e.histogram_value]] for tag in tags["histograms"]},
}))
run = plugin_event_accumulator.EventAccumulator(sys.argv[1], {"tensors": 0}).Reload()
tensors = {}
for tag in run.Tags()["tensors"]:
    plugin = run.SummaryMetadata(tag).plugin_data.plugin_name
    tensors[tag] = [[plugin, e.step, [bits(x) for x in tensor_util.make_ndarray(e.tensor_proto).flat]] for e in run.Tensors(tag)]
print(json.dumps(tensors))
`

// seen is what accumulate prints.
type seen struct {
	Scalars    map[string][][3]any // step, wall time, bits
	Histograms map[string][]struct {
		Step, WallTime float64
		Histogram
	}
	tensors map[string][][3]any // plugin, step, bits of all elements
}

func look(t *testing.T, dir string) (s seen) {
	t.Helper()
	lines := strings.Split(interop.Run(t, accumulate, dir), "\n")
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &s))
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &s.tensors))
	return s
}

func bits(v float32) string { return fmt.Sprintf("%08x", math.Float32bits(v)) }

// require wants TensorBoard to see events, as Load gives them, and nothing else.
func (s seen) require(t *testing.T, events []Event) {
	t.Helper()
	scalars, histograms, tensors := 0, 0, 0
	at := map[string]int{}
	for _, e := range events {
		i := at[e.Tag]
		at[e.Tag]++
		tensor := s.tensors[e.Tag][i]
		require.Equal(t, any(float64(e.Step)), tensor[1])
		switch v := e.Value.(type) {
		case Scalar:
			scalars++
			require.Equal(t, [3]any{float64(e.Step), e.WallTime, bits(float32(v))}, s.Scalars[e.Tag][i])
			require.Equal(t, "scalars", tensor[0])
			require.Equal(t, []any{bits(float32(v))}, tensor[2])
		case *Histogram:
			histograms++
			got := s.Histograms[e.Tag][i]
			require.Equal(t, *v, got.Histogram)
			require.Equal(t, [2]float64{float64(e.Step), e.WallTime}, [2]float64{got.Step, got.WallTime})
			require.Equal(t, "histograms", tensor[0])
			require.Equal(t, shown(v), tensor[2])
		}
	}
	for _, of := range s.Scalars {
		scalars -= len(of)
	}
	for _, of := range s.Histograms {
		histograms -= len(of)
	}
	for _, of := range s.tensors {
		tensors += len(of)
	}
	assert.Zero(t, scalars, "scalars that only one of the two has")
	assert.Zero(t, histograms, "histograms that only one of the two has")
	assert.Len(t, events, tensors)
}

// shown is what the page draws of a histogram: rows of left edge, right edge and count, from the first bucket that is not
// empty to the last, the outer edges being the least and the largest value (tensorboard/data_compat.py).
func shown(h *Histogram) []any {
	first, last := -1, -1
	for i, n := range h.Counts {
		if n > 0 {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	rows := []any{}
	if first < 0 {
		return rows
	}
	left := h.Min
	for i := first; i <= last; i++ {
		right := h.Limits[i]
		if i == last {
			right = h.Max
		}
		rows = append(rows, bits(float32(left)), bits(float32(right)), bits(float32(h.Counts[i])))
		left = right
	}
	return rows
}

func TestTensorBoardSeesWhatWasWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := create(t, dir)
	r := rand.New(rand.NewPCG(5, 6))
	values := []float32{0, float32(math.Copysign(0, -1)), 0.1, 1e-45, math.MaxFloat32, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	for step, v := range values {
		require.NoError(t, w.Scalar("loss/é", step, v))
	}
	for step := range 20 {
		sample := make([]float32, 200*step)
		for i := range sample {
			sample[i] = float32(r.NormFloat64() * math.Exp(5*r.NormFloat64()))
		}
		require.NoError(t, w.Histogram("weights", 10*step, sample))
	}
	require.NoError(t, w.Histogram("special", 1<<30, append(values, -1, -1, 2)))
	require.NoError(t, w.Close())
	events, err := Load(dir)
	require.NoError(t, err)
	require.Len(t, events, 29)
	look(t, dir).require(t, events)

	tear(t, w.Path())
	torn, err := Load(dir)
	require.NoError(t, err)
	require.Equal(t, encode(events[:28]), encode(torn)) // as bytes, since NaN differs from itself
	look(t, dir).require(t, torn)
}

func TestTensorBoardForgetsWhatAResumedRunRetracts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeRun(t, dir, 0, 6, 1)
	names, err := eventFiles(dir)
	require.NoError(t, err)
	tear(t, filepath.Join(dir, names[0])) // the writer was killed
	writeRun(t, dir, 4, 7, 2)
	require.NoError(t, create(t, dir, ResumeAt(3)).Close()) // killed before it wrote anything
	events, err := Load(dir)
	require.NoError(t, err)
	steps, got := losses(events)
	require.Equal(t, []int64{0, 1, 2}, steps)
	require.Equal(t, []Scalar{1, 1, 1}, got)
	look(t, dir).require(t, events)

	writeRun(t, dir, 3, 5, 3)
	events, err = Load(dir)
	require.NoError(t, err)
	require.Len(t, events, 6)
	look(t, dir).require(t, events)
}

func TestTensorBoardWritesTheSameBytes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "golden")
	interop.Run(t, `
import sys
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.summary.writer.record_writer import RecordWriter

most, edges, v = sys.float_info.max, [0.0], 1e-12
while v < 1e20:
    edges += [v, -v]
    v *= 1.1
edges.sort()
one = next(i for i, edge in enumerate(edges) if edge > 1)
minus = next(i for i, edge in enumerate(edges) if edge > -1)
limits = [edges[minus - 1], edges[minus], 0, 1e-12, edges[one - 1], edges[one], most]
ones = HistogramProto(min=-1, max=1, num=4, sum=1, sum_squares=3, bucket_limit=limits, bucket=[0, 1, 0, 1, 0, 2, 0])

def value(tag, **kind):
    return Summary(value=[Summary.Value(tag=tag, **kind)])

with open(sys.argv[1], "wb") as f:
    w = RecordWriter(f)
    for event in (
        Event(file_version="brain.Event:2"),
        Event(session_log=SessionLog(status=SessionLog.START)),
        Event(step=3, summary=value("loss", simple_value=0.5)),
        Event(step=4, summary=value("loss", simple_value=0)),
        Event(step=-1, summary=value("w", histo=ones)),
        Event(step=1 << 30, summary=value("none", histo=HistogramProto(bucket_limit=[most], bucket=[0]))),
    ):
        event.wall_time = 1600000000.25
        w.write(event.SerializeToString())
`, path)
	theirs, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, hex.Dump(golden(t)), hex.Dump(theirs))
}

func TestReaderTakesFilesOfOtherWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	interop.Run(t, `
import sys
import numpy as np
from torch.utils.tensorboard import SummaryWriter

with SummaryWriter(sys.argv[1]) as w:
    w.add_scalar("loss", 0.5, 1, walltime=10.5)
    w.add_scalar("loss", 0.25, 2, walltime=11, new_style=True)
    w.add_scalar("loss", 0.125, 3, walltime=12, double_precision=True, new_style=True)
    w.add_text("text", "words", 4)
    w.add_image("picture", np.zeros((3, 2, 2), np.uint8), 5)
    w.add_histogram("w", np.array([-1, 0.5, 0.5, 3]), 6, bins="tensorflow", walltime=13)
with SummaryWriter(sys.argv[1], purge_step=6, filename_suffix=".later") as w:
    w.add_scalar("loss", 2, 6, walltime=14)
`, dir)
	events, err := Load(dir)
	require.NoError(t, err)
	assert.Equal(t, []Event{{10.5, 1, "loss", Scalar(0.5)}, {14, 6, "loss", Scalar(2)}}, events)
}
