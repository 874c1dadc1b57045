package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/internal/suggest"
)

// wants are what flags can be given, by the types of their values. Those of other types say it themselves.
var wants = map[string]string{
	"bool":         "true or false",
	"int":          "a whole number",
	"uint64":       "a whole number from 0 to 2^64-1",
	"float64":      "a finite number",
	"intSlice":     "whole numbers separated by commas, as in 5,20",
	"uintSlice":    "whole numbers from 0 to 2^64-1, separated by commas, as in 1,2",
	"float64Slice": "finite numbers separated by commas, as in 0.01,0.1",
	"stringSlice":  "names separated by commas, in double quotes where they hold a comma or a quote",
}

// flagError makes a usage error of what the flag package says, in words that do not speak of its functions.
func flagError(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var unknown *pflag.NotExistError
	switch {
	case errors.As(err, &invalid):
		err = unwanted(invalid.GetFlag(), invalid.GetValue(), invalid.Unwrap())
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		err = fmt.Errorf("%w%s", err, suggest.For("--"+unknown.GetSpecifiedName(), names))
	}
	return &usageError{c.CommandPath(), err}
}

// unwanted says what a flag wants in place of a value.
func unwanted(f *pflag.Flag, value string, cause error) error {
	switch what, plain := wants[f.Value.Type()]; {
	case !plain:
		return fmt.Errorf("--%s: %w", f.Name, cause)
	case strings.HasPrefix(f.Value.Type(), "int") && errors.Is(cause, strconv.ErrRange):
		return fmt.Errorf("--%s wants a number below 2^63, not %.100q", f.Name, value)
	default:
		return fmt.Errorf("--%s wants %s, not %.100q", f.Name, what, value)
	}
}

// checkFinite refuses infinities and NaN, which are numbers to the flag package: none of the flags can mean them.
func checkFinite(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if err == nil && !finite(f) {
			err = unwanted(f, f.Value.String(), nil)
		}
	})
	return err
}

// finite tells whether the flag's value is, or has, no infinity and no NaN.
func finite(f *pflag.Flag) bool {
	values := []string{f.Value.String()}
	switch f.Value.Type() {
	case "float64":
	case "float64Slice":
		values = f.Value.(pflag.SliceValue).GetSlice()
	default:
		return true
	}
	for _, text := range values {
		if v, err := strconv.ParseFloat(text, 64); err != nil || v-v != 0 {
			return false
		}
	}
	return true
}
