package paper

import (
	"encoding/json"
	"io"
)

// WriteJSON writes the result as one JSON object on a line of its own. A number that is not finite is null.
func (r *Result) WriteJSON(w io.Writer) error {
	type limits struct {
		Lo    *float64 `json:"lo"`
		Hi    *float64 `json:"hi"`
		Open  bool     `json:"open"`
		Every bool     `json:"every_seed"`
	}
	type row struct {
		Label    string      `json:"label"`
		Values   []*float64  `json:"values"`
		Mean     *float64    `json:"mean"`
		Interval [2]*float64 `json:"interval"`
		Limits   *limits     `json:"limits,omitempty"`
		Holds    bool        `json:"holds"`
	}
	var rows []row
	for _, of := range r.Rows {
		lo, hi := of.Interval()
		one := row{Label: of.Label, Mean: finite(of.Mean()), Interval: [2]*float64{finite(lo), finite(hi)}, Holds: of.Holds()}
		for _, v := range of.Values {
			one.Values = append(one.Values, finite(v))
		}
		if l := of.Limits; l != nil {
			one.Limits = &limits{finite(l.Lo), finite(l.Hi), l.Open, l.Every}
		}
		rows = append(rows, one)
	}
	return json.NewEncoder(w).Encode(struct {
		Paper
		Command string `json:"command"`
		Seeds   int    `json:"seeds"`
		Rows    []row  `json:"rows"`
		Holds   bool   `json:"holds"`
	}{r.Paper, r.Command(), r.Seeds, rows, r.Holds()})
}

// finite is a number that JSON can hold, or null.
func finite(v float64) *float64 {
	if v-v != 0 {
		return nil
	}
	return &v
}
