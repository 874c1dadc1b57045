package optim_test

import (
	"math"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/optim"
)

// readable is text that ParseSchedule understands, for a training of 90 steps, and what the schedule calls itself.
var readable = map[string]string{
	"constant":                           "constant",
	"  constant ":                        "constant",
	"step":                               "step(30,0.1)",
	"step(7)":                            "step(7,0.1)",
	"step(7, 0.5)":                       "step(7,0.5)",
	"cosine":                             "cosine(90,0)",
	"cosine(50)":                         "cosine(50,0)",
	"cosine(50,1e-3)":                    "cosine(50,0.001)",
	"cosine(5e+1,1e+21)":                 "cosine(50,1e+21)",
	"one-cycle":                          "one-cycle(90,0.3)",
	"one-cycle-linear(50,0.25)":          "one-cycle-linear(50,0.25)",
	"warmup":                             "warmup(9,0.01)+constant",
	"warmup(10)+cosine":                  "warmup(10,0.01)+cosine(80,0)",
	"warmup(10, 1e-7) + cosine(80, 0.1)": "warmup(10,1e-07)+cosine(80,0.1)",
	"warmup(1e+1,0)+warmup+step":         "warmup(10,0)+warmup(8,0.01)+step(24,0.1)",
	"plateau":                            "plateau(0.1,10,0.0001,0,0)",
	"plateau(0.5, 3)":                    "plateau(0.5,3,0.0001,0,0)",
	"warmup(5)+plateau(0.5,3,0,2,0.01)":  "warmup(5,0.01)+plateau(0.5,3,0,2,0.01)",
	"warmup(100)+one-cycle":              "warmup(100,0.01)+one-cycle(2,0.3)",
}

func TestSchedulesAreReadWithTheirDefaults(t *testing.T) {
	t.Parallel()
	for text, want := range readable {
		s, err := optim.ParseSchedule(text, 90)
		require.NoError(t, err, "%s", text)
		assert.Equal(t, want, s.String(), "%s", text)
	}
	s, err := optim.ParseSchedule("one-cycle", 0)
	require.NoError(t, err)
	assert.Equal(t, "one-cycle(2,0.3)", s.String(), "a training of no steps has a schedule too")
}

func TestSchedulesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, s := range []optim.Schedule{
		optim.ConstantLR(), optim.StepDecay(3, 1./3), optim.Cosine(10, 1e-9), optim.OneCycle(20, 0.1), optim.OneCycleLinear(20, 0.7),
		optim.Warmup(5, 1./7, optim.Warmup(6, 0, optim.OneCycle(30, 0.2))), optim.Cosine(10, 1e300),
	} {
		again, err := optim.ParseSchedule(s.String(), 1)
		require.NoError(t, err, "%s", s)
		requireSameSchedule(t, s, again)
	}
}

func requireSameSchedule(t *testing.T, want, got optim.Schedule) {
	t.Helper()
	require.Equal(t, want.String(), got.String())
	for step := range 50 {
		require.Equal(t, math.Float64bits(want.Factor(step)), math.Float64bits(got.Factor(step)), "%s at step %d", want, step)
	}
}

func TestEveryScheduleNameIsRead(t *testing.T) {
	t.Parallel()
	for _, form := range optim.ScheduleNames() {
		name, _, _ := strings.Cut(form, "(")
		_, err := optim.ParseSchedule(name, 100)
		assert.NoError(t, err, "%s", form)
	}
}

// unreadable is text that is no schedule, and what the error must say.
var unreadable = map[string]string{
	"":                           `no schedule is called "": use one of constant, step(EVERY,GAMMA), cosine`,
	"cosin(10)":                  `no schedule is called "cosin"`,
	"cosine(10":                  `schedule "cosine(10" lacks its closing parenthesis`,
	"cosine(10))":                `"10)" is not a finite number`,
	"cosine()":                   `schedule "cosine()": "" is not a finite number`,
	"cosine(ten)":                `schedule "cosine(ten)": "ten" is not a finite number`,
	"cosine(10,NaN)":             `"NaN" is not a finite number`,
	"cosine(10,-Inf)":            `"-Inf" is not a finite number`,
	"cosine(10,1e999)":           `"1e999" is not a finite number`,
	"cosine(0)":                  `schedule "cosine(0)": 0 must be a whole number of steps, 1 or more`,
	"step(2.5)":                  `2.5 must be a whole number of steps`,
	"warmup(-3)":                 `-3 must be a whole number of steps`,
	"step(1e10)":                 `1e+10 must be a whole number of steps`,
	"constant(1)":                `schedule "constant(1)" has too many numbers`,
	"step(1,2,3)":                `schedule "step(1,2,3)" has too many numbers`,
	"one-cycle(1)":               `at least 2 steps and a rise between 0 and 1 are needed`,
	"one-cycle(10,1)":            `at least 2 steps and a rise between 0 and 1 are needed`,
	"one-cycle-linear(10,0)":     `at least 2 steps and a rise between 0 and 1 are needed`,
	"plateau(1)":                 `schedule "plateau(1)": the factor is 1, but must be from 0 to below 1`,
	"plateau(0.1,2.5)":           `schedule "plateau(0.1,2.5)": 2.5 must be a whole number of losses`,
	"plateau(0.1,2,0,-1)":        `-1 must be a whole number of losses`,
	"plateau(0.1,2,0,1,-1)":      `the floor is -1, but must be from 0 to below 1`,
	"plateau(0.1,2,0,1,0,1)":     `has too many numbers`,
	"plateau+constant":           `only warmup can be followed by another schedule`,
	"cosine+constant":            `schedule "cosine+constant": only warmup can be followed by another schedule`,
	"warmup+":                    `no schedule is called ""`,
	"warmup(10+cosine":           `schedule "warmup(10+cosine" lacks its closing parenthesis`,
	"\x1b[2J\n":                  `no schedule is called "\x1b[2J"`,
	strings.Repeat("warmup+", 9): `follows too many warmups: 8 are allowed`,
}

func TestTextThatIsNoScheduleIsAnError(t *testing.T) {
	t.Parallel()
	for text, want := range unreadable {
		s, err := optim.ParseSchedule(text, 90)
		require.ErrorContains(t, err, want, "%q", text)
		assert.Nil(t, s)
	}
}

func TestEightWarmupsAreReadAndWritten(t *testing.T) {
	t.Parallel()
	s, err := optim.ParseSchedule(strings.Repeat("warmup(2)+", 8)+"constant", 90)
	require.NoError(t, err)
	again, err := optim.ParseSchedule(s.String(), 90)
	require.NoError(t, err)
	requireSameSchedule(t, s, again)
}

func FuzzParseSchedule(f *testing.F) {
	for text := range readable {
		f.Add(text, 90)
	}
	for text := range unreadable {
		f.Add(text, 0)
	}
	f.Add("warmup", math.MaxInt)
	f.Add("warmup(2147483647)+step", math.MinInt)
	f.Fuzz(func(t *testing.T, text string, total int) {
		s, err := optim.ParseSchedule(text, total)
		if err != nil {
			require.Less(t, len(err.Error()), 3000)
			require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
			return
		}
		again, err := optim.ParseSchedule(s.String(), total)
		require.NoError(t, err, "%s, from %q", s, text)
		requireSameSchedule(t, s, again)
	})
}
