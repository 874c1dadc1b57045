package data

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

// twin reads a table, divides it and scales it, from the documentation alone, and prints the parts.
const twin = `
import csv, hashlib, json, sys
import numpy as np

path, target, categories, seed, test, validation = sys.argv[1:]
header, *rows = csv.reader(open(path, newline=""))
y = [row[header.index(target)] for row in rows]

def divide(rows, share, key):
    strata = [[r for r in rows if not classes or y[r] == c] for c in classes or [""]]
    total = min(max(int(share * len(rows) + 0.5), 1), len(rows) - 1)
    quotas = [total * len(s) // len(rows) for s in strata]
    order = sorted(range(len(strata)), key=lambda i: -(total * len(strata[i]) % len(rows)))
    for i in order[: total - sum(quotas)]:
        quotas[i] += 1
    first = []
    for stratum, quota in zip(strata, quotas):
        first += sorted(stratum, key=lambda r: hashlib.sha256(f"{key}:{r}".encode()).digest())[:quota]
    return sorted(first), sorted(set(rows) - set(first))

classes = sorted(set(y)) if target in categories.split(",") else []
tested, rest = divide(list(range(len(rows))), float(test), "csv/test/" + seed)
held, train = divide(rest, float(validation), "csv/validation/" + seed)

def numbers(column):
    v = np.array([float(row[column]) for row in rows])
    return (v - v[train].mean()) / v[train].std()

def features(column):
    if header[column] not in categories.split(","):
        return numbers(column)[:, None]
    values = sorted({rows[r][column] for r in train})
    return np.array([[float(row[column] == v) for v in values] for row in rows])

x = np.concatenate([features(c) for c in range(len(header)) if header[c] != target], axis=1)
out = [classes.index(v) for v in y] if classes else numbers(header.index(target))
print(json.dumps([[x[p].tolist(), [float(out[r]) for r in p]] for p in (train, held, tested)]))
`

func TestNumPyMakesTheSamePartsOfATable(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	path := filepath.Join(t.TempDir(), "plants.csv")
	writeFile(t, path, plants(500))
	for _, target := range []string{"kind", "yield", "colour", "weight"} {
		s := forPlants(target)
		s.Name = "csv:" + path
		p, err := Load(s)
		require.NoError(t, err)

		var theirs [3]struct {
			x [][]float64
			y []float64
		}
		out := interop.Run(t, twin, path, target, "soil,colour,kind", "7", "0.2", "0.25")
		var parts [3][2]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(out), &parts))
		for i, set := range []*Set{p.Train, p.Validation, p.Test} {
			require.NoError(t, json.Unmarshal(parts[i][0], &theirs[i].x))
			require.NoError(t, json.Unmarshal(parts[i][1], &theirs[i].y))
			require.Len(t, theirs[i].x, set.Len())
			for row, want := range theirs[i].x {
				require.Len(t, want, set.Features())
				for column, v := range want {
					require.InDelta(t, v, set.X.Data()[row*set.Features()+column], 1e-6)
				}
				if set.Target != nil {
					require.InDelta(t, theirs[i].y[row], set.Target.Data()[row], 1e-6)
				} else {
					assert.EqualValues(t, theirs[i].y[row], set.Y.Data[row])
				}
			}
		}
	}
}
