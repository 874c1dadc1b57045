//go:build race

package cost

// raceFactor is how much longer things may take under the race detector.
const raceFactor = 20
