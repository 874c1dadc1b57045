package data

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Split divides the set in two, named after it with "/train" and "/test". The first part gets the fraction of the
// samples, rounded, but each part at least one. Every class is divided in that proportion as nearly as whole samples
// allow (by largest remainders; of equal ones the lower label's goes first). Both parts keep the order of the set.
//
// Which samples go to the first part is fixed by a rule: those whose SHA-256 of "split/SEED:ROW", both in decimal,
// rows counted from 0, comes first in their class.
//
// It panics with an [*ArgumentError] unless 0 < fraction < 1 and the set has two samples.
func (s *Set) Split(fraction float64, seed uint64) (train, test *Set) {
	argument(fraction > 0 && fraction < 1, "Split", "fraction", fraction, "more than 0 and less than 1")
	argument(s.Len() >= 2, "Split", "Len()", s.Len(), "at least 2")
	first, second := divide(s.strata(), fraction, fmt.Sprintf("split/%d", seed))
	return s.Subset(s.Name+"/train", first), s.Subset(s.Name+"/test", second)
}

// KFold returns k ways to divide the set in two, for cross-validation: each sample is tested once and trained with
// k-1 times. Folds differ by at most one sample, and by at most one of each class. Their parts keep the order of the
// set and are named after it, with "/fold1of5/train" and so on.
//
// Which samples go together is fixed by a rule: the samples of class 0, then those of class 1 and so on, each class
// sorted by the SHA-256 of "folds/SEED:ROW", are dealt to the folds in turn.
//
// It panics with an [*ArgumentError] unless 2 <= k <= n.
func (s *Set) KFold(k int, seed uint64) iter.Seq2[*Set, *Set] {
	argument(k >= 2 && k <= s.Len(), "KFold", "k", k, "2 to %d, the number of samples", s.Len())
	return func(yield func(train, test *Set) bool) {
		dealt := make([]int, 0, s.Len())
		for _, rows := range s.strata() {
			dealt = append(dealt, sortedByDigest(fmt.Sprintf("folds/%d", seed), rows)...)
		}
		for fold := range k {
			var train, test []int
			for i, row := range dealt {
				if i%k == fold {
					test = append(test, row)
				} else {
					train = append(train, row)
				}
			}
			slices.Sort(train)
			slices.Sort(test)
			name := fmt.Sprintf("%s/fold%dof%d", s.Name, fold+1, k)
			if !yield(s.Subset(name+"/train", train), s.Subset(name+"/test", test)) {
				return
			}
		}
	}
}

// divide returns the rows of the two parts that Split documents, each in ascending order. There are at least two rows.
func divide(strata [][]int, fraction float64, key string) (first, second []int) {
	n := 0
	for _, rows := range strata {
		n += len(rows)
	}
	total := int(math.Round(fraction * float64(n)))
	quotas := apportion(strata, n, min(max(total, 1), n-1))
	for i, rows := range strata {
		sorted := sortedByDigest(key, rows)
		first = append(first, sorted[:quotas[i]]...)
		second = append(second, sorted[quotas[i]:]...)
	}
	slices.Sort(first)
	slices.Sort(second)
	return first, second
}

// strata returns the rows of each class in ascending order; in regression, all rows as one stratum.
func (s *Set) strata() [][]int {
	if s.Target != nil {
		return [][]int{s.rows()}
	}
	strata := make([][]int, len(s.Classes))
	for row, label := range s.Y.Data {
		strata[label] = append(strata[label], row)
	}
	return strata
}

// apportion divides total seats among strata of n rows in proportion to their sizes: Hamilton's method of largest
// remainders, in whole numbers, so that no rounding differs between machines. No stratum gets more seats than rows.
func apportion(strata [][]int, n, total int) []int {
	quotas, order, left := make([]int, len(strata)), make([]int, len(strata)), total
	for i, rows := range strata {
		quotas[i], order[i] = total*len(rows)/n, i
		left -= quotas[i]
	}
	remainder := func(i int) int { return total * len(strata[i]) % n }
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(remainder(j), remainder(i)) })
	for _, i := range order[:left] {
		quotas[i]++
	}
	return quotas
}

// sortedByDigest returns the rows in the order of the SHA-256 of "KEY:ROW".
func sortedByDigest(key string, rows []int) []int {
	type entry struct {
		digest [sha256.Size]byte
		row    int
	}
	entries := make([]entry, len(rows))
	for i, row := range rows {
		entries[i] = entry{sha256.Sum256(fmt.Appendf(nil, "%s:%d", key, row)), row}
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.digest[:], b.digest[:]) })
	sorted := make([]int, len(rows))
	for i, e := range entries {
		sorted[i] = e.row
	}
	return sorted
}
