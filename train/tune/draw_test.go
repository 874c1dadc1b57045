package tune

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLastSettingOfAGridChangesFastest(t *testing.T) {
	t.Parallel()
	s := grid(1, "lr=1,2", "model=a,b,c")
	assert.Equal(t, [][]string{{"1", "a"}, {"1", "b"}, {"1", "c"}, {"2", "a"}, {"2", "b"}, {"2", "c"}}, s.combinations())
	assert.Equal(t, [][]string{{}}, Space{}.combinations())
}

// The digests were computed with sha256sum: printf 'tune/7:0:lr' | sha256sum.
func TestPointIsTheDocumentedDigest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		draw int
		bits uint64 // the first 64 bits
	}{{"lr", 0, 0x5e9ddb7039a33d46}, {"lr", 1, 0x59e547fe84cfe8e9}, {"model", 12, 0xbaf659ac2c5db26e}} {
		assert.Equal(t, float64(c.bits>>11)/(1<<53), point(7, c.name, c.draw))
	}
}

// requireWithin makes sure that a drawn text is a number of its range.
func requireWithin(t *testing.T, r Range, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	require.True(t, v >= r.Low && v <= r.High, "%v is not in %v", v, r)
	if r.Scale == Whole {
		require.Equal(t, math.Trunc(v), v)
	}
	return v
}

func TestDrawsFillTheirRangesEvenlyOnTheirScale(t *testing.T) {
	t.Parallel()
	const n = 4000
	for _, c := range []struct {
		r      Range
		middle float64 // half of the draws are below
	}{
		{Range{"a", 0, 10, Linear}, 5}, {Range{"a", 1e-4, 1, Log}, 1e-2}, {Range{"a", 1, 10, Whole}, 5.5}, {Range{"a", -8, -2, Linear}, -5},
	} {
		below := 0
		seen := map[string]int{}
		for d := range n {
			text := c.r.at(point(3, c.r.Name, d))
			if requireWithin(t, c.r, text) < c.middle {
				below++
			}
			seen[text]++
			if c.r.Scale != Whole {
				digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(strings.Split(text, "e")[0]), "0")
				require.LessOrEqual(t, len(digits), 4, text)
			}
		}
		assert.InDelta(t, n/2, below, 5*math.Sqrt(n)/2, "%v: five standard deviations", c.r)
		if c.r.Scale == Whole {
			assert.Len(t, seen, 10, "both ends are drawn")
		}
	}
}

func TestEndsOfARangeAreInIt(t *testing.T) {
	t.Parallel()
	for _, r := range []Range{
		{"a", 0.123456, 0.123457, Linear}, {"a", 5e-324, 1e-323, Log}, {"a", 1e-300, math.MaxFloat64, Log}, {"a", -(1 << 53), 1 << 53, Whole},
		{"a", 1, math.Nextafter(1, 2), Linear},
	} {
		for _, u := range []float64{0, 0.5, 1 - 0x1p-53} {
			requireWithin(t, r, r.at(u))
		}
	}
}

func TestDrawsFollowFromTheSeedAndDoNotRepeat(t *testing.T) {
	t.Parallel()
	s := grid(1, "model=mlp:1,mlp:2,mlp:3")
	s.Random, s.Ranges = 50, []Range{{"lr", 1e-4, 1e-1, Log}, {"batch", 1, 4, Whole}}
	a, err := s.draws(1)
	require.NoError(t, err)
	b, err := s.draws(1)
	require.NoError(t, err)
	c, err := s.draws(2)
	require.NoError(t, err)
	assert.Equal(t, a, b)
	assert.NotEqual(t, a, c)
	seen := map[string]bool{}
	for _, values := range a {
		key := strings.Join(values, " ")
		assert.False(t, seen[key], key)
		seen[key] = true
	}
	s.Random = 10
	fewer, err := s.draws(1)
	require.NoError(t, err)
	assert.Equal(t, a[:10], fewer, "asking for more adds settings")
}

func TestMoreDrawsThanThereAreSettingsIsAnError(t *testing.T) {
	t.Parallel()
	s := grid(1, "lr=1,2", "model=a,b")
	s.Random = 4
	all, err := s.draws(1)
	require.NoError(t, err)
	assert.Len(t, all, 4)
	s.Random = 5
	_, err = s.draws(1)
	assert.EqualError(t, err, "500 draws gave only 4 different settings: ask for fewer, or for every combination of a grid")
}
