package data_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/heft-ml/heft/data"
)

// flowers is what a file of a user could hold.
const flowers = `petal_length,petal_width,soil,species
1.4,0.2,sand,setosa
4.7,1.4,clay,versicolor
1.3,0.2,sand,setosa
4.5,1.5,sand,versicolor
1.5,0.4,clay,setosa
4.1,1.3,clay,versicolor
1.6,0.2,sand,setosa
4.4,1.2,clay,versicolor
`

// With a file, data.Load(data.Spec{Name: "csv:flowers.csv", Target: "species", ...}) does both steps.
func ExampleLoadTable() {
	table, err := data.ReadTable("flowers.csv", strings.NewReader(flowers))
	if err != nil {
		fmt.Println(err)
		return
	}
	parts, err := data.LoadTable(data.Spec{Target: "species", Test: 0.25, Validation: 0.3, Seed: 1}, table)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, set := range []*data.Set{parts.Train, parts.Validation, parts.Test} {
		fmt.Println(set.Name, set.X.Shape(), set.Counts(), set.Classes)
	}
	for _, c := range parts.Input.Columns {
		fmt.Println(c.Name, c.Kind, c.Values)
	}
	// Output:
	// flowers.csv/train [4 4] [2 2] [setosa versicolor]
	// flowers.csv/validation [2 4] [1 1] [setosa versicolor]
	// flowers.csv/test [2 4] [1 1] [setosa versicolor]
	// petal_length number []
	// petal_width number []
	// soil category [clay sand]
}

// What the input learned is kept as JSON beside the weights; samples that come later may order their columns otherwise.
func ExampleInput_Encode() {
	kept := []byte(`{"kind": "table",
		"columns": [{"name": "rooms", "kind": "number", "mean": 3, "std": 2}, {"name": "heating", "kind": "category", "values": ["gas", "oil"]}],
		"target": {"name": "rent", "kind": "number", "mean": 500, "std": 100}}`)
	input, err := data.ParseInput(kept)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"heating,rooms\noil,4\ngas,1\n", "heating,rooms\nwood,4\n"} {
		table, err := data.ReadTable("new.csv", strings.NewReader(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		x, err := input.Encode(table)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(x.Shape(), x.Data())
		fmt.Println("an output of 1.5 means a rent of", input.Unscale(1.5))
	}
	// Output:
	// [2 3] [0.5 0 1 -1 1 0]
	// an output of 1.5 means a rent of 650
	// new.csv:2: column "heating": "wood" is a category that the training data do not have: known are "gas", "oil"
}

func ExampleReadTable() {
	for _, text := range []string{"a;b\n1;x\n\n2;y\n", "a,b\n1,x\n2\n", "5.1,3.5,setosa\n4.9,3.0,setosa\n"} {
		table, err := data.ReadTable("my.csv", strings.NewReader(text))
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(table.Len(), "rows;", table.Header[1], "in line", table.Line(1), "is", table.Cell(1, 1))
	}
	// Output:
	// 2 rows; b in line 4 is y
	// my.csv:3: cells in this row: 1, columns in the header: 2
	// my.csv:1: "5.1" is data, not the name of a column: the first line must name the columns
}

func ExampleNewTable() {
	parts, err := data.Load(data.Spec{Name: "moons", Test: 0.2, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	request, err := data.NewTable("request", []string{"x", "y"}, [][]string{{"0.5", "-1"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := parts.Input.Encode(request)
	fmt.Println(x.Data(), err)
	// Output:
	// [0.5 -1] <nil>
}

func ExampleLoad() {
	parts, err := data.Load(data.Spec{Name: "moons", Test: 0.2, Validation: 0.1, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, set := range []*data.Set{parts.Train, parts.Validation, parts.Test} {
		fmt.Println(set.Name, set.Len())
	}
	_, err = data.Load(data.Spec{Name: "csv:flowers.csv", Test: 0.2})
	fmt.Println(err)
	// Output:
	// moons/train 720
	// moons/validation 80
	// moons/test 200
	// no target: name the column that is to be predicted
}

func ExampleParseInput() {
	parts, err := data.Load(data.Spec{Name: "xor", Test: 0.2, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	kept, err := json.Marshal(parts.Input)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(kept))
	input, err := data.ParseInput(kept)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(input.Features(), "numbers in,", input.Outputs(), "out:", input.Classes())
	_, err = data.ParseInput([]byte(`{"kind": "table", "columns": [], "target": {"name": "y", "kind": "number", "std": 1}}`))
	fmt.Println(err)
	// Output:
	// {"kind":"table","columns":[{"name":"x","kind":"number","std":1},{"name":"y","kind":"number","std":1}],"target":{"name":"class","kind":"category","values":["same sign","opposite signs"]}}
	// 2 numbers in, 2 out: [same sign opposite signs]
	// input: a table has no columns
}
