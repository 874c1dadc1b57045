package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plants is a table of n rows: the row, numbers of two scales, two columns of categories, a class and a number.
func plants(n int) string {
	r := rand.New(rand.NewPCG(1, 1))
	return csvOf("row,height,weight,soil,colour,kind,yield", n, func(i int) string {
		return fmt.Sprintf("%d,%.3f,%.1f,%s,%s,%s,%.2f", i, 1+r.Float64(), 5000+1000*r.NormFloat64(),
			[]string{"clay", "sand"}[r.IntN(2)], []string{"red", "white", "blue"}[r.IntN(3)],
			[]string{"oak", "elm", "ash"}[i%5%3], 100+10*r.NormFloat64())
	})
}

func forPlants(target string) Spec {
	return Spec{Target: target, Test: 0.2, Validation: 0.25, Seed: 7}
}

// rowsIn returns the number in column row, which is the first feature, for every sample of a part.
func rowsIn(p *Parts, s *Set) []int {
	rows := make([]int, s.Len())
	for i := range rows {
		rows[i] = int(math.Round(float64(s.X.Data()[i*s.Features()])*p.Input.Columns[0].Std + p.Input.Columns[0].Mean))
	}
	return rows
}

// The rows were found by another program that follows the rule in the documentation of LoadTable.
func TestTablesAreDividedByTheDocumentedRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target           string
		validation, test []int
	}{
		{"kind", []int{2, 4, 9, 10, 15}, []int{5, 6, 12, 13, 14}},
		{"yield", []int{0, 9, 10, 15, 23}, []int{3, 5, 12, 13, 14}},
	} {
		p, err := LoadTable(forPlants(c.target), tableOf(t, plants(25)))
		require.NoError(t, err)
		assert.Equal(t, c.validation, rowsIn(p, p.Validation))
		assert.Equal(t, c.test, rowsIn(p, p.Test))
		train := rowsIn(p, p.Train)
		assert.True(t, slices.IsSorted(train))
		all := slices.Sorted(slices.Values(slices.Concat(train, c.validation, c.test)))
		for i := range 25 {
			assert.Equal(t, i, all[i])
		}
		assert.Equal(t, "t.csv/train", p.Train.Name)
		assert.Equal(t, "t.csv/validation", p.Validation.Name)
		assert.Equal(t, "t.csv/test", p.Test.Name)
		assert.Equal(t, "t.csv", p.Train.Source)
	}
}

func TestPartsHaveEveryRowOnceAndEveryClassInProportion(t *testing.T) {
	t.Parallel()
	table := tableOf(t, plants(203))
	whole := [3]int{}
	for _, row := range cells(table) {
		whole[slices.Index([]string{"ash", "elm", "oak"}, row[5])]++
	}
	for _, s := range []Spec{{Test: 0.001}, {Test: 0.2}, {Test: 0.9}, {Test: 0.2, Validation: 0.1}, {Test: 0.5, Validation: 0.5}, {Test: 0.9, Validation: 0.9, Seed: 3}} {
		s.Target = "kind"
		p, err := LoadTable(s, table)
		require.NoError(t, err)
		tested := max(1, int(math.Round(s.Test*203)))
		held := int(math.Round(s.Validation * float64(203-tested)))
		assert.Equal(t, tested, p.Test.Len())
		all := slices.Concat(rowsIn(p, p.Train), rowsIn(p, p.Test))
		if held > 0 {
			assert.Equal(t, held, p.Validation.Len())
			all = append(all, rowsIn(p, p.Validation)...)
		} else {
			assert.Nil(t, p.Validation)
		}
		slices.Sort(all)
		assert.Equal(t, table.allRows(), all)
		trained := p.Train.Counts()
		for class, n := range p.Test.Counts() {
			require.InDelta(t, float64(whole[class]*tested)/203, n, 1)
			require.InDelta(t, float64((whole[class]-n)*p.Train.Len())/float64(203-tested), trained[class], 1)
		}
	}
}

func TestTrainingPartIsStandardised(t *testing.T) {
	t.Parallel()
	p, err := LoadTable(forPlants("yield"), tableOf(t, plants(200)))
	require.NoError(t, err)
	x, f := p.Train.X.Data(), p.Train.Features()
	require.Equal(t, 3+2+3+3, f)
	moments := func(values func(i int) float32) (mean, std float64) {
		n := float64(p.Train.Len())
		for i := range p.Train.Len() {
			mean += float64(values(i)) / n
		}
		for i := range p.Train.Len() {
			std += math.Pow(float64(values(i))-mean, 2) / n
		}
		return mean, math.Sqrt(std)
	}
	for column := range 3 {
		mean, std := moments(func(i int) float32 { return x[i*f+column] })
		assert.InDelta(t, 0, mean, 1e-6)
		assert.InDelta(t, 1, std, 1e-6)
	}
	mean, std := moments(func(i int) float32 { return p.Train.Target.Data()[i] })
	assert.InDelta(t, 0, mean, 1e-6)
	assert.InDelta(t, 1, std, 1e-6)
	for i := range p.Train.Len() {
		for _, oneHot := range [][]float32{x[i*f+3 : i*f+5], x[i*f+5 : i*f+8], x[i*f+8 : i*f+11]} {
			ones := 0
			for _, v := range oneHot {
				require.True(t, v == 0 || v == 1)
				ones += int(v)
			}
			require.Equal(t, 1, ones)
		}
	}
}

// The proof that nothing leaks: whatever the held-out rows say, the input and the training part stay the same.
func TestHeldOutRowsChangeNothingThatIsLearned(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"kind", "yield"} {
		table := tableOf(t, plants(100))
		p, err := LoadTable(forPlants(target), table)
		require.NoError(t, err)
		held := append(rowsIn(p, p.Validation), rowsIn(p, p.Test)...)

		rows := cells(table)
		for _, row := range held {
			rows[row][1], rows[row][2], rows[row][3], rows[row][4] = "-777", "1e6", "rock", "black"
			if target == "yield" {
				rows[row][6] = "-1e9"
			}
		}
		changed, err := NewTable("t.csv", table.Header, rows)
		require.NoError(t, err)
		q, err := LoadTable(forPlants(target), changed)
		require.NoError(t, err)
		assert.Equal(t, p.Input, q.Input)
		assert.Equal(t, p.Train.Hash(), q.Train.Hash())
		assert.NotEqual(t, p.Validation.Hash(), q.Validation.Hash())
		assert.NotEqual(t, p.Test.Hash(), q.Test.Hash())

		rows[rowsIn(p, p.Train)[0]][1] = "3"
		changed, err = NewTable("t.csv", table.Header, rows)
		require.NoError(t, err)
		q, err = LoadTable(forPlants(target), changed)
		require.NoError(t, err)
		assert.NotEqual(t, p.Input, q.Input, "a training row does change it")
	}
}

func TestCategoryThatOnlyHeldOutRowsHaveCountsAsNoneAndIsNoted(t *testing.T) {
	t.Parallel()
	table := tableOf(t, plants(100))
	p, err := LoadTable(forPlants("kind"), table)
	require.NoError(t, err)
	require.Empty(t, p.Notes)
	rows, tested := cells(table), rowsIn(p, p.Test)
	rows[tested[0]][4], rows[tested[1]][4] = "black\n", "grey"
	changed, err := NewTable("t.csv", table.Header, rows)
	require.NoError(t, err)
	q, err := LoadTable(forPlants("kind"), changed)
	require.NoError(t, err)
	assert.Equal(t, []string{fmt.Sprintf(`t.csv:%d: column "colour": "black" is a category that no training row has; rows held out with such: 2; they count as none of the known ones`, tested[0]+2)}, q.Notes)
	f := q.Test.Features()
	assert.Equal(t, []float32{0, 0, 0}, q.Test.X.Data()[5:8])
	assert.Equal(t, []float32{0, 0, 0}, q.Test.X.Data()[f+5:f+8])
	assert.Equal(t, p.Test.X.Data()[2*f:], q.Test.X.Data()[2*f:])
}

func TestClassWithoutTrainingRowsIsNoted(t *testing.T) {
	t.Parallel()
	table := tableOf(t, csvOf("x,y", 10, func(i int) string { return fmt.Sprintf("%d,%s", i, []string{"common", "rare"}[i/9]) }))
	p, err := LoadTable(Spec{Target: "y", Test: 0.9}, table)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, p.Train.Counts())
	assert.Equal(t, []string{`t.csv: no training row is of class "rare"`}, p.Notes)
}

func TestSameTableSamePartsAndAnotherSeedOthers(t *testing.T) {
	t.Parallel()
	hash := func(seed uint64, text string) string {
		s := forPlants("kind")
		s.Seed = seed
		p, err := LoadTable(s, tableOf(t, text))
		require.NoError(t, err)
		return p.Train.Hash() + p.Validation.Hash() + p.Test.Hash()
	}
	text := plants(60)
	assert.Equal(t, hash(1, text), hash(1, text))
	assert.Equal(t, hash(1, text), hash(1, strings.ReplaceAll(strings.ReplaceAll(text, ",", "\t"), "\n", "\r\n\r\n")), "the dialect changes nothing")
	assert.NotEqual(t, hash(1, text), hash(2, text))
}

func TestConstantColumnBecomesZeros(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"0.1", "-3e38", "340282346638528859811704183484516925440", "1e-320", "0"} {
		p, err := LoadTable(Spec{Target: "y", Test: 0.2}, tableOf(t, csvOf("x,y", 30, func(i int) string { return fmt.Sprintf("%s,%d", cell, i%2) })))
		require.NoError(t, err)
		v, _ := number(cell)
		assert.Equal(t, Column{Name: "x", Kind: NumberColumn, Mean: v, Std: 1}, p.Input.Columns[0])
		assert.Equal(t, make([]float32, 24), p.Train.X.Data())
	}
}

func TestExtremeNumbersAreScaledLikeOthers(t *testing.T) {
	t.Parallel()
	for _, scale := range []string{"e38", "e-140", "e-320"} {
		p, err := LoadTable(Spec{Target: "y", Test: 0.2}, tableOf(t, csvOf("x,y", 30, func(i int) string { return fmt.Sprintf("%d%s,%d", 3-i%7, scale, i%2) })))
		require.NoError(t, err, scale)
		require.NoError(t, p.Input.seal())
		for _, v := range p.Train.X.Data() {
			require.LessOrEqual(t, math.Abs(float64(v)), 3.0, scale)
		}
	}
}

func TestHeldOutNumberTooFarFromTheTrainingPartIsAnError(t *testing.T) {
	t.Parallel()
	table := tableOf(t, csvOf("x,y", 10, func(i int) string { return fmt.Sprintf("%de-30,%d", i, i%2) }))
	s := Spec{Target: "y", Test: 0.1}
	p, err := LoadTable(s, table)
	require.NoError(t, err)
	row := int(math.Round((float64(p.Test.X.Data()[0])*p.Input.Columns[0].Std + p.Input.Columns[0].Mean) * 1e30))
	rows := cells(table)
	rows[row][0] = "1e30"
	table, err = NewTable("t.csv", table.Header, rows)
	require.NoError(t, err)
	_, err = LoadTable(s, table)
	assert.ErrorContains(t, err, fmt.Sprintf(`t.csv:%d: column "x": "1e30" is too far from the numbers of the training part: their mean is `, row+2))
}

func TestTargetsAreUnscaledToTheUnitOfTheFile(t *testing.T) {
	t.Parallel()
	table := tableOf(t, plants(50))
	p, err := LoadTable(forPlants("yield"), table)
	require.NoError(t, err)
	for i, row := range rowsIn(p, p.Test) {
		want, _ := number(table.Cell(row, 6))
		assert.InEpsilon(t, want, p.Input.Unscale(p.Test.Target.Data()[i]), 1e-6)
	}
}

func TestTooManyNumbersAreRefusedBeforeTheyAreMade(t *testing.T) {
	t.Parallel()
	in := &Input{Kind: TableInput, Target: Column{Name: "y", Kind: NumberColumn, Std: 1}}
	for _, name := range numbered("c", 1000) {
		in.Columns = append(in.Columns, Column{Name: name, Kind: CategoryColumn, Values: numbered("", 1000)})
	}
	require.NoError(t, in.seal())
	table := tableOf(t, csvOf(strings.Join(names(in), ","), 300, func(int) string { return strings.Repeat("7,", 999) + "7" }))
	_, err := in.Encode(table)
	assert.EqualError(t, err, `t.csv: 300 rows of 1000000 numbers are too much, at most 268435456 numbers are allowed: use fewer rows or drop columns`)
}

func TestInputTooLargeToBeReadBackIsRefused(t *testing.T) {
	t.Parallel()
	in := &Input{Kind: TableInput, Target: Column{Name: "y", Kind: NumberColumn, Std: 1}}
	for i := range 10 {
		in.Columns = append(in.Columns, Column{Name: numbered("c", 10)[i], Kind: CategoryColumn, Values: numbered(strings.Repeat("x", 1000), 1000)})
	}
	assert.ErrorContains(t, in.seal(), "the names of columns and categories take 10")
}

func FuzzLoadTable(f *testing.F) {
	for _, seed := range []string{plants(12), "x,y\n1,a\n2,b\n3,a\n", "x,y\n1,2\n1,3.5\n", "x,y\n,1\n", "x;y\n1,5;a\nNA;b\n", "y\n1\n2\n", "x,y\n1e308,1\n-1e38,2\n3e38,1\n"} {
		f.Add(seed, "y", "", 0.2, 0.25, uint64(1))
	}
	f.Add(plants(12), "kind", "", 0.5, 0.0, uint64(2))
	f.Add(plants(12), "row", Classification, 0.9, 0.9, uint64(3))
	f.Fuzz(func(t *testing.T, text, target, task string, test, validation float64, seed uint64) {
		table, err := ReadTable("t.csv", strings.NewReader(text))
		if err != nil {
			return
		}
		p, err := LoadTable(Spec{Target: target, Task: task, Test: test, Validation: validation, Seed: seed}, table)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		n := p.Train.Len() + p.Test.Len()
		sets := []*Set{p.Train, p.Test}
		if p.Validation != nil {
			n += p.Validation.Len()
			sets = append(sets, p.Validation)
		}
		require.Equal(t, table.Len(), n)
		for _, s := range sets {
			require.NoError(t, s.Validate())
			require.Equal(t, p.Input.Features(), s.Features())
		}
		for _, note := range p.Notes {
			require.NotContains(t, note, "\n")
		}
		if len(p.Notes) == 0 { // what was loaded can be encoded again, all rows at once
			all, err := p.Input.EncodeSet(table)
			require.NoError(t, err)
			require.Equal(t, n, all.Len())
		}
	})
}
