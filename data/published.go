package data

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/internal/suggest"
)

// published is a set that its makers put on the web as four IDX files: images and labels to train with, and to test
// with.
type published struct {
	name    string
	source  string
	license string
	target  string   // what is predicted
	classes []string // by label
	mirrors []string // addresses of folders with the files, compressed; the first that answers serves
	files   [4]publishedFile
}

// publishedFile is a file as published, without the compression: that differs from one packager to the next.
type publishedFile struct {
	name   string
	size   int64
	sha256 string
}

// The files of a published set, by their place in files.
const (
	trainImages = iota
	trainLabels
	testImages
	testLabels
)

var mnist = &published{
	name:    "mnist",
	source:  "Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST Database of Handwritten Digits, http://yann.lecun.com/exdb/mnist",
	license: "CC BY-SA 3.0",
	target:  "digit",
	classes: numbered("", 10),
	mirrors: []string{
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
	},
	files: [...]publishedFile{
		{"train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{"train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{"t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{"t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	},
}

var fashionMNIST = &published{
	name: "fashion-mnist",
	source: "H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms, " +
		"2017, arXiv:1708.07747",
	license: "MIT",
	target:  "garment",
	classes: []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"},
	mirrors: []string{
		"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
		"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
	},
	files: [...]publishedFile{
		{"train-images-idx3-ubyte", 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
		{"train-labels-idx1-ubyte", 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
		{"t10k-images-idx3-ubyte", 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
		{"t10k-labels-idx1-ubyte", 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
	},
}

// publishedSets lists what [Fetch] downloads.
var publishedSets = []*published{mnist, fashionMNIST}

// Downloads returns the names of the sets that are not part of Heft: [Fetch] gets them.
func Downloads() []string {
	names := make([]string, len(publishedSets))
	for i, d := range publishedSets {
		names[i] = d.name
	}
	return names
}

// findPublished returns the set of that name. The error lists the known ones.
func findPublished(name string) (*published, error) {
	for _, d := range publishedSets {
		if d.name == name {
			return d, nil
		}
	}
	return nil, fmt.Errorf("no data set %q can be downloaded%s: use one of %s", name, suggest.For(name, Downloads()), strings.Join(Downloads(), ", "))
}
