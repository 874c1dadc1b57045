// Package pages allocates memory for numbers that are read and written in long runs.
package pages
