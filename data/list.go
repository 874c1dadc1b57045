package data

import "fmt"

// Info tells what a set with a name is like.
type Info struct {
	Name     string
	Train    int    // samples to train with, those that a [Spec] holds out included
	Test     int    // samples to test with
	Features int    // numbers of a sample
	Classes  int    // how many
	License  string // "" if there is none to keep to
	Download bool   // it is no part of Heft: [Fetch] gets it
	Folder   string // where a download was found; "" if it was not
}

// List tells of all sets of [Names], in that order. Options are those of [Locate].
func List(opts ...LoadOption) ([]Info, error) {
	var infos []Info
	for _, e := range catalog {
		if d, err := findPublished(e.name); err == nil {
			infos = append(infos, d.info(opts))
			continue
		}
		p, err := Load(Spec{Name: e.name, Test: DefaultTest, Seed: 1})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
		infos = append(infos, Info{
			Name: e.name, Train: p.Train.Len(), Test: p.Test.Len(), Features: p.Train.Features(),
			Classes: len(p.Train.Classes), License: p.Train.License,
		})
	}
	return infos, nil
}

// info tells of a published set what its files are known to hold.
func (d *published) info(opts []LoadOption) Info {
	const imagesHeader, labelsHeader = 16, 8 // bytes
	train, test := d.files[trainLabels].size-labelsHeader, d.files[testLabels].size-labelsHeader
	folder, err := Locate(d.name, opts...)
	if err != nil {
		folder = ""
	}
	return Info{
		Name: d.name, Train: int(train), Test: int(test), Features: int((d.files[trainImages].size - imagesHeader) / train),
		Classes: len(d.classes), License: d.license, Download: true, Folder: folder,
	}
}
