package data

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flat is an input with a column of each kind, and a class or a number to predict.
func flat(regression bool) *Input {
	in := &Input{
		Kind: TableInput,
		Columns: []Column{
			{Name: "rooms", Kind: NumberColumn, Mean: 3, Std: 2},
			{Name: "heating", Kind: CategoryColumn, Values: []string{"coal", "gas", "oil"}},
			{Name: "size", Kind: NumberColumn, Mean: 80, Std: 20},
		},
		Dropped: []string{"id"},
		Target:  Column{Name: "class", Kind: CategoryColumn, Values: []string{"1", "10"}},
	}
	if regression {
		in.Target = Column{Name: "rent", Kind: NumberColumn, Mean: 500, Std: 100}
	}
	return in
}

func TestEncodeTakesColumnsInAnyOrder(t *testing.T) {
	t.Parallel()
	want := []float32{1, 0, 1, 0, -1, -1.5, 0, 0, 1, 0}
	for _, text := range []string{
		"rooms,heating,size\n5,gas,60\n0,oil,80\n",
		"size;heating;rooms\n60;gas;5\n80;oil;0\n",
		"heating,id,rooms,size\ngas,,5,60\noil,x,0,80\n",
		"class,heating,rooms,size\nno class,gas,5,60\n,oil,0,80\n",
		"heating,rooms,id,class,size\ngas,5.0,7,1,6e1\noil,0,8,10,80\n",
	} {
		x, err := flat(false).Encode(tableOf(t, text))
		require.NoError(t, err)
		assert.Equal(t, []int{2, 5}, x.Shape())
		assert.Equal(t, want, x.Data(), "%q", text)
	}
}

func TestEncodeSetAddsLabelsOrTargets(t *testing.T) {
	t.Parallel()
	s, err := flat(false).EncodeSet(tableOf(t, "class,rooms,heating,size\n10,5,gas,60\n1.0,0,oil,80\n"))
	require.NoError(t, err)
	assert.Equal(t, []int32{1, 0}, s.Y.Data)
	assert.Equal(t, []string{"1", "10"}, s.Classes)
	assert.Equal(t, "t.csv", s.Name)
	assert.Equal(t, []float32{1, 0, 1, 0, -1, -1.5, 0, 0, 1, 0}, s.X.Data())

	s, err = flat(true).EncodeSet(tableOf(t, "rent,rooms,heating,size\n700,5,gas,60\n450,0,oil,80\n"))
	require.NoError(t, err)
	assert.Equal(t, []float32{2, -0.5}, s.Target.Data())
	assert.Equal(t, []int{2, 1}, s.Target.Shape())
	assert.Equal(t, 700.0, flat(true).Unscale(2))
}

func TestEncodeSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	const columns = `"rooms", "heating", "size"`
	for text, want := range map[string]string{
		"rooms,size\n1,2\n": `t.csv: no column "heating": the model needs ` + columns,
		"room,Size\n1,2\n":  `t.csv: no column "rooms", "heating", "size": the model needs ` + columns,
		"rooms,heating,size,extra,\"\x1b\"\n1,gas,2,3,4\n": `t.csv: the model does not know column "extra", "\x1b": leave it out; it needs ` + columns,
		"rooms,heating,size\n":                             `t.csv: no rows below the header`,
		"rooms,heating,size\n1,gas,2\nx,gas,2\n":           `t.csv:3: column "rooms": "x" is not a number`,
		"rooms,heating,size\n1,gas,\n":                     `t.csv:2: column "size": no number (""): fill it in or leave the row out`,
		"rooms,heating,size\n1,gas,NaN\n":                  `t.csv:2: column "size": no number ("NaN"): fill it in or leave the row out`,
		"rooms,heating,size\n1,gas,inf\n":                  `t.csv:2: column "size": "inf" cannot be used: write numbers up to 3.4e38, with a decimal point and no other separators`,
		"rooms,heating,size\n1,Gas,2\n":                    `t.csv:2: column "heating": "Gas" is a category that the training data do not have: known are "coal", "gas", "oil"`,
		"rooms,heating,size\n1,,2\n":                       `t.csv:2: column "heating": "" is a category that the training data do not have: known are "coal", "gas", "oil"`,
	} {
		x, err := flat(false).Encode(tableOf(t, text))
		assert.EqualError(t, err, want)
		assert.Nil(t, x)
		_, err = flat(false).EncodeSet(tableOf(t, text))
		assert.Error(t, err)
	}
}

func TestEncodeSetNeedsTheTarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		regression bool
		text, want string
	}{
		{false, "rooms,heating,size\n1,gas,2\n", `t.csv: no column "class": to evaluate, the table needs what is to be predicted`},
		{false, "rooms,heating,size,class\n1,gas,2,3\n", `t.csv:2: column "class": "3" is no class of the model: its classes are "1", "10"`},
		{false, "rooms,heating,size,class\n1,gas,2,\n", `t.csv:2: column "class": "" is no class of the model: its classes are "1", "10"`},
		{true, "rooms,heating,size\n1,gas,2\n", `t.csv: no column "rent": to evaluate, the table needs what is to be predicted`},
		{true, "rooms,heating,size,rent\n1,gas,2,much\n", `t.csv:2: column "rent": "much" is not a number`},
		{true, "rooms,heating,size,rent\n1,gas,2,\n", `t.csv:2: column "rent": no number (""): fill it in or leave the row out`},
	} {
		s, err := flat(c.regression).EncodeSet(tableOf(t, c.text))
		assert.EqualError(t, err, c.want)
		assert.Nil(t, s)
	}
}

func TestNumberTooFarFromTheTrainingPartIsAnErrorNotInfinity(t *testing.T) {
	t.Parallel()
	in := flat(false)
	in.Columns[0].Std = math.SmallestNonzeroFloat64
	_, err := in.Encode(tableOf(t, "rooms,heating,size\n4,gas,80\n"))
	assert.EqualError(t, err, `t.csv:2: column "rooms": "4" is too far from the numbers of the training part: their mean is 3, their std 5e-324`)
}

func TestTablesAreNoSamplesOfAModelOfImages(t *testing.T) {
	t.Parallel()
	p, err := Load(Spec{Name: "digits"})
	require.NoError(t, err)
	_, err = p.Input.Encode(tableOf(t, "x,y\n1,2\n"))
	assert.EqualError(t, err, `t.csv: the samples of this model are of kind image, not rows of a table`)
}

func TestEncodingAgreesWithWhatWasTrainedOn(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"kind", "yield"} {
		table := tableOf(t, plants(80))
		p, err := LoadTable(forPlants(target), table)
		require.NoError(t, err)
		all, err := p.Input.EncodeSet(table)
		require.NoError(t, err)
		for _, part := range []*Set{p.Train, p.Validation, p.Test} {
			assert.Equal(t, part.Hash(), all.Subset("again", rowsIn(p, part)).Hash())
		}
		// One row at a time, without the target, as a server would get it.
		for row, record := range cells(table) {
			drop := table.column(target)
			one, err := NewTable("request", without(table.Header, drop), [][]string{without(record, drop)})
			require.NoError(t, err)
			x, err := p.Input.Encode(one)
			require.NoError(t, err)
			f := p.Input.Features()
			require.Equal(t, all.X.Data()[row*f:(row+1)*f], x.Data())
		}
	}
}

// without returns the cells but one.
func without(cells []string, drop int) []string {
	var rest []string
	for i, cell := range cells {
		if i != drop {
			rest = append(rest, cell)
		}
	}
	return rest
}

func TestClassesIsACopy(t *testing.T) {
	t.Parallel()
	in := flat(false)
	in.Classes()[0] = "spoiled"
	assert.Equal(t, []string{"1", "10"}, in.Classes())
	assert.Nil(t, flat(true).Classes())
}

func FuzzEncode(f *testing.F) {
	f.Add("rooms,heating,size\n5,gas,60\n", false)
	f.Add("class,size,rooms,heating,id\n1.0,5,3e38,oil,\n", false)
	f.Add("rent;rooms;heating;size\n5;1,5;gas;60\n", true)
	f.Fuzz(func(t *testing.T, text string, regression bool) {
		table, err := ReadTable("t.csv", strings.NewReader(text))
		if err != nil {
			return
		}
		in := flat(regression)
		x, err := in.Encode(table)
		s, errSet := in.EncodeSet(table)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			require.Error(t, errSet)
			return
		}
		require.Equal(t, []int{table.Len(), 5}, x.Shape())
		for _, v := range x.Data() {
			require.False(t, math.IsInf(float64(v), 0) || v != v)
		}
		if errSet == nil {
			require.NoError(t, s.Validate())
			require.Equal(t, x, s.X)
		}
	})
}
