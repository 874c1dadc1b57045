package figure_test

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/lab/figure"
)

func ExampleSVG() {
	svg := figure.SVG(figure.Lines{
		X:      figure.Axis{Label: "hidden layer", Whole: true},
		Y:      figure.Axis{Label: "standard deviation", Log: true},
		Series: []figure.Series{{Name: "Xavier", X: []float64{1, 2, 3}, Y: []float64{0.7, 0.5, 0.35}}},
	}, figure.Caption{Title: "The signal fades", Detail: "Three layers of ReLU."}, figure.Wide)
	fmt.Println(strings.Contains(svg, "<title>The signal fades</title>"))
	fmt.Println(figure.Number(0.35), figure.Number(1.7e-9))
	// Output:
	// true
	// 0.350 1.70·10⁻⁹
}
