// Package archtest holds the house's rules as tests: which package may import which, what every file must have, and
// what the text of the project must not.
//
// A test names the file and the rule; CONTRIBUTING.md says why the rule is there. A new package adds its row to rooms,
// a new library its row to libraries: both stand in rooms_test.go.
package archtest
