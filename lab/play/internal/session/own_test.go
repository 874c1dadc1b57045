package session

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

const corners = "x,y,side\n-1,-1,left\n-1,1,left\n-0.8,0.2,left\n-1.2,-0.3,left\n1,1,right\n1,-1,right\n0.9,0.1,right\n1.1,-0.2,right\n"

// openOwnTable opens own data as the worker does.
func openOwnTable(t *testing.T, table string) (View, error) {
	t.Helper()
	var h Host
	arguments, err := json.Marshal(request{Setup: small(func(s *lab.Setup) { s.Data, s.Batch = OwnData, 4 })})
	require.NoError(t, err)
	answer, _, err := h.Call("open", arguments, []byte(table))
	var v View
	if err == nil {
		require.NoError(t, json.Unmarshal(answer, &v))
	}
	return v, err
}

func TestOwnDataAreATableOfPointsInTwoClasses(t *testing.T) {
	t.Parallel()
	v, err := openOwnTable(t, corners)
	require.NoError(t, err)
	require.NotNil(t, v.Plane)
	assert.Len(t, v.Plane.Points, 6, "a fifth is kept to test with")
	for want, table := range map[string]string{
		"there are no data yet":        "",
		"3 classes":                    strings.Replace(corners, "1,1,right", "1,1,middle", 1),
		"makes 1 numbers":              "x,side\n1,a\n2,b\n3,a\n4,b\n",
		"own.csv:3":                    "x,y,side\n1,1,a\n2,b\n",
		"bytes, but must have at most": "x,y,side\n" + strings.Repeat("1,1,a\n", maxOwn/6),
	} {
		_, err := openOwnTable(t, table)
		require.ErrorContains(t, err, want)
	}
	command, err := Command(small(func(s *lab.Setup) { s.Data = OwnData }), small(func(s *lab.Setup) { s.Data = OwnData }))
	require.NoError(t, err)
	assert.Contains(t, command, "--data csv:own.csv")
}

// Other tables are files of whoever runs the engine: the page has none.
func TestOtherTablesAreNotOpened(t *testing.T) {
	t.Parallel()
	_, err := Open(small(func(s *lab.Setup) { s.Data = "csv:/etc/passwd" }))
	require.ErrorContains(t, err, `data is "csv:/etc/passwd"`)
}

func TestResidualNetworksAreSeenAndExplodeByBlock(t *testing.T) {
	t.Parallel()
	s, err := Open(small(func(s *lab.Setup) {
		s.Residual, s.Depth, s.Width, s.Scheme, s.LR = lab.PlainResidual, 30, 64, "normal(0,1)", 1
	}))
	require.NoError(t, err)
	assert.Len(t, s.View(false).Layers, 30)
	p := s.Train(50)
	require.NotNil(t, p.Exploded)
	assert.Positive(t, p.Exploded.Layer)
	picture, pixels, err := s.Picture(3)
	require.NoError(t, err)
	assert.Equal(t, 64, picture.Units)
	assert.Len(t, pixels, side*side*65)
}

func FuzzOwnData(f *testing.F) {
	for _, table := range []string{corners, "", "x,y\n", "x;y;c\n1;2;a\n3;4;b\n", "\xff\xfe", "a,b,c\n1,2,\"x\ny\"\n"} {
		f.Add(table)
	}
	f.Fuzz(func(t *testing.T, table string) {
		train, _, err := openOwn([]byte(table))
		if err != nil {
			return
		}
		s := small(func(s *lab.Setup) { s.Data, s.Depth, s.Width = OwnData, 1, 2 })
		e, err := lab.NewOn(s, train, nil)
		if err == nil {
			e.Step()
		}
	})
}
