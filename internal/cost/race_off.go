//go:build !race

package cost

// raced tells whether the race detector runs, whose own memory and time would be measured.
const raced = false
