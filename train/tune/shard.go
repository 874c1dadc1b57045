package tune

import (
	"fmt"
	"strconv"
	"strings"
)

// Shard is the share of a search that one process works on: of every Count trials the Index-th, from 1. Processes with the
// shards 1/n to n/n do the whole, in any order, on machines that share the folder or one after another. The zero Shard is
// the whole.
type Shard struct{ Index, Count int }

// ParseShard reads INDEX/COUNT, as in 1/4.
func ParseShard(text string) (s Shard, err error) {
	index, count, ok := strings.Cut(text, "/")
	var wrongIndex, wrongCount error
	s.Index, wrongIndex = strconv.Atoi(index)
	s.Count, wrongCount = strconv.Atoi(count)
	if !ok || wrongIndex != nil || wrongCount != nil || s.Index < 1 || s.Index > s.Count {
		return Shard{}, fmt.Errorf("shard %.40q is not INDEX/COUNT with an index from 1 to the count, as in 1/4", text)
	}
	return s, nil
}

// String returns what [ParseShard] reads; "" for the whole.
func (s Shard) String() string {
	if s.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Count)
}

// Has tells whether a trial, from 1, is in the shard.
func (s Shard) Has(trial int) bool { return s.Count == 0 || (trial-1)%s.Count == s.Index-1 }
