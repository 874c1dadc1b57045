package data_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
)

func ExampleDigits() {
	train, test := data.Digits()
	fmt.Println(train.Name, train.X.Shape(), len(train.Classes), "classes")
	fmt.Println(test.Name, test.X.Shape())

	image, label := test.X.Data()[:64], test.Y.Data[0]
	for row := range 8 {
		fmt.Print("|")
		for _, ink := range image[8*row : 8*row+8] {
			fmt.Printf("%c", " .:*#"[int(4*ink)])
		}
		fmt.Println("|")
	}
	fmt.Println("this is a", test.Classes[label])
	// Output:
	// digits/v1/train [1438 64] 10 classes
	// digits/v1/test [359 64]
	// |   **   |
	// |  .#:   |
	// |  *#    |
	// |  **    |
	// |  **.   |
	// |  *#*#  |
	// |  .#:*: |
	// |   :*:  |
	// this is a 6
}

func ExampleSet_Batches() {
	xs, ys := []float32{0, 1, 2, 3, 4}, []int32{0, 0, 1, 1, 1}
	set, err := data.NewFromFloats("small and large", xs, 5, 1, ys, []string{"small", "large"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range set.Batches(2, nil) {
		fmt.Println(b.X.Shape(), b.X.Data(), b.Y.Data)
	}
	seen := 0
	for b := range set.Batches(2, rand.New(rand.NewPCG(1, 1))) { // in an order drawn from the source
		seen += len(b.Y.Data)
	}
	fmt.Println(seen, "samples in a shuffled epoch")
	// Output:
	// [2 1] [0 1] [0 0]
	// [2 1] [2 3] [1 1]
	// [1 1] [4] [1]
	// 5 samples in a shuffled epoch
}

func ExampleNew() {
	x := autograd.From([]float32{5.1, 3.5, 6.2, 2.9, 4.7, 3.2}, 3, 2)
	y := autograd.LabelsOf([]int32{0, 1, 2})
	_, err := data.New("iris", x, y, []string{"setosa", "versicolor"})
	fmt.Println(err)
	// Output:
	// data set "iris": row 2 has label 2, but there are 2 classes, 0 to 1: correct the label or name more classes
}

func ExampleNewFromDense() {
	x := mat.NewDense(4, 2, []float64{0, 0, 0, 1, 1, 0, 1, 1})
	set, err := data.NewFromDense("xor", x, []int{0, 1, 1, 0}, []string{"false", "true"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Len(), "samples of", set.Features(), "features, by class:", set.Counts())
	// Output:
	// 4 samples of 2 features, by class: [2 2]
}

func ExampleNewRegression() {
	x := autograd.From([]float32{1, 2, 3}, 3, 1)
	squares := autograd.From([]float32{1, 4, 9}, 3, 1)
	set, err := data.NewRegression("squares", x, squares)
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range set.Batches(2, nil) {
		fmt.Println(b.X.Data(), b.Target.Data())
	}
	// Output:
	// [1 2] [1 4]
	// [3] [9]
}

func ExampleSet_Split() {
	train, test := data.Moons(500, 0.1, 1).Split(0.8, 1)
	fmt.Println(train.Name, train.Counts())
	fmt.Println(test.Name, test.Counts())
	// Output:
	// moons/train [200 200]
	// moons/test [50 50]
}

func ExampleSet_KFold() {
	for train, test := range data.DigitsFull().KFold(5, 1) {
		fmt.Println(test.Name, train.Len(), test.Len())
	}
	// Output:
	// digits/fold1of5/test 1437 360
	// digits/fold2of5/test 1437 360
	// digits/fold3of5/test 1438 359
	// digits/fold4of5/test 1438 359
	// digits/fold5of5/test 1438 359
}

func ExampleOpen() {
	for _, name := range []string{"spiral", "spirals"} {
		train, test, err := data.Open(name, 1)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(name, train.Len(), test.Len(), train.SampleShape(), train.Classes)
	}
	// Output:
	// spiral 800 200 [2] [arm 0 arm 1]
	// unknown data set "spirals" (did you mean spiral?): known are digits, moons, spiral, xor, circles, gauss, mnist, fashion-mnist, csv:PATH, images:DIR, text and text:PATH
}

func ExampleToDense() {
	x := autograd.From([]float32{1, 2, 3, 4}, 2, 2)
	var inverse mat.Dense
	if err := inverse.Inverse(data.ToDense(x)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f\n", data.FromDense(&inverse).Data())
	// Output:
	// [-2.0 1.0 1.5 -0.5]
}
