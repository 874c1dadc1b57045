package inspect

import (
	"fmt"
	"strconv"
	"strings"
)

// span is the indices From, ..., To-1 of a dimension; one of a single index takes the dimension away.
type span struct {
	from, to int
	single   bool
}

// parseSpans reads what stands between brackets, as NumPy has it: indices and ranges of the first dimensions, all of the
// others. A negative number counts from the end, and a range may reach beyond a dimension.
func parseSpans(text string, shape []int) ([]span, error) {
	spans := make([]span, len(shape))
	for i, n := range shape {
		spans[i] = span{to: n}
	}
	if strings.TrimSpace(text) == "" {
		return spans, nil
	}
	parts := strings.Split(text, ",")
	if len(parts) > len(shape) {
		return nil, fmt.Errorf("[%.60s] has %d indices, and the tensor %d dimensions", text, len(parts), len(shape))
	}
	for i, part := range parts {
		var err error
		if spans[i], err = parseSpan(strings.TrimSpace(part), shape[i]); err != nil {
			return nil, fmt.Errorf("dimension %d, of %d: %w", i, shape[i], err)
		}
	}
	return spans, nil
}

// parseSpan reads "3", "-1", "2:5", ":5", "2:" or ":".
func parseSpan(text string, n int) (span, error) {
	from, to, isRange := strings.Cut(text, ":")
	if !isRange {
		i, err := strconv.Atoi(text)
		if err != nil {
			return span{}, fmt.Errorf("%.60q is no index and no range, as 3 or 2:5", text)
		}
		if i < -n || i >= n {
			return span{}, fmt.Errorf("there is no index %d", i)
		}
		if i < 0 {
			i += n
		}
		return span{i, i + 1, true}, nil
	}
	s := span{to: n}
	for _, end := range []struct {
		text string
		at   *int
	}{{from, &s.from}, {to, &s.to}} {
		if end.text = strings.TrimSpace(end.text); end.text == "" {
			continue
		}
		i, err := strconv.Atoi(end.text)
		if err != nil {
			return span{}, fmt.Errorf("%.60q is no range, as 2:5", text)
		}
		if i < 0 {
			i += n
		}
		*end.at = min(max(i, 0), n)
	}
	s.to = max(s.from, s.to)
	return s, nil
}
