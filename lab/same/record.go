package same

import (
	"encoding/json"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/lab"
)

// Keys of the metadata of the files that a [Pair] leaves. They have no recipe, since the laboratory scales data and draws batches
// in its own way, but they say what makes them again.
const (
	CommandKey = "heft.lab.command" // the command that makes both
	RecordKey  = "heft.lab.record"  // JSON of Record
)

// Record is what a file says of its making. It is the same in both files but for This, so that these have the same size.
type Record struct {
	Networks [2]lab.Setup  `json:"networks"`
	Data     [2]lab.Hashes `json:"data_hashes"` // of what each learned from
	This     int           `json:"this"`        // which of the networks the file holds: 0 or 1
	Version  string        `json:"version"`     // of Heft
	SIMD     string        `json:"simd"`        // level of the kernels: it decides the last bits
}

// metadata returns that of the file of network i; the hashes are of the data of both.
func (p Pair) metadata(i int, on [2]lab.Hashes) (map[string]string, error) {
	text, err := json.Marshal(Record{
		Networks: [2]lab.Setup{p.setup(0), p.setup(1)}, Data: on, This: i, Version: heft.Version, SIMD: autograd.SIMD(),
	})
	if err != nil {
		return nil, err
	}
	return map[string]string{CommandKey: p.Command(), RecordKey: string(text)}, nil
}
