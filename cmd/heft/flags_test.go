package main

import "testing"

func TestFlagsSayWhatTheyWant(t *testing.T) {
	t.Parallel()
	const seed = `--seed wants a whole number from 0 to 2^64-1, not "-1"`
	assertUsageErrors(t, map[string]string{
		"train --seed -1":                        seed,
		"train --data-seed 1.5":                  `--data-seed wants a whole number from 0 to 2^64-1, not "1.5"`,
		"train --seed 18446744073709551616":      `--seed wants a whole number from 0 to 2^64-1, not "18446744073709551616"`,
		"tune moons --seed -1":                   seed,
		"generate x --seed -1":                   seed,
		"lab init --seed -1":                     seed,
		"lab sweep --seed -1":                    seed,
		"lab precision --seed -1":                seed,
		"lab theory --seed -1":                   seed,
		"lab same --seeds 1,-1":                  `--seeds wants whole numbers from 0 to 2^64-1, separated by commas, as in 1,2, not "1,-1"`,
		"lab init --depth ten":                   `--depth wants a whole number, not "ten"`,
		"lab play --port http":                   `--port wants a whole number, not "http"`,
		"lab paper lsuv --seeds 2.5":             `--seeds wants a whole number, not "2.5"`,
		"train --batch 9223372036854775808":      `--batch wants a number below 2^63, not "9223372036854775808"`,
		"lab sweep --depths 5,x":                 `--depths wants whole numbers separated by commas, as in 5,20, not "5,x"`,
		"lab sweep --depths 9223372036854775808": `--depths wants a number below 2^63`,
		"lab sweep --lrs 0.1,x":                  `--lrs wants finite numbers separated by commas, as in 0.01,0.1, not "0.1,x"`,
		"train --quiet=maybe":                    `--quiet wants true or false, not "maybe"`,
		"train --save-dtype bf61":                `--save-dtype: "bf61" is no number format to choose here`,
		"train --category a\"b":                  `--category wants names separated by commas, in double quotes`,
		"tune moons --grid seed=1,-1":            `grid "seed": "-1" is no value of seed, which wants a whole number from 0 to 2^64-1`,
		"lab init --widht 3":                     `unknown flag: --widht (did you mean --width?)`,
		"lab init --frobnicate":                  "unknown flag: --frobnicate\n",
		"meta get x --kye y":                     "unknown flag: --kye\n",
		"meta set x --forec":                     "unknown flag: --forec (did you mean --force?)",
		"meta set x --force=maybe":               `--force wants true or false, not "maybe"`,
		"lab init -x":                            "unknown shorthand flag: 'x' in -x",
	})
}

func TestNoNumberOfAFlagIsInfiniteOrNaN(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"train --lr inf":                     `--lr wants a finite number, not "+Inf"`,
		"train --lr nan":                     `--lr wants a finite number, not "NaN"`,
		"train --lr 1e999":                   `--lr wants a finite number, not "1e999"`,
		"train --test nan":                   `--test wants a finite number, not "NaN"`,
		"tune moons --lr inf --grid batch=8": `--lr wants a finite number, not "+Inf"`,
		"tune moons --grid lr=inf":           `grid "lr": "inf" is no value of lr, which wants a finite number`,
		"lab init --lr -inf":                 `--lr wants a finite number, not "-Inf"`,
		"lab init --momentum nan":            `--momentum wants a finite number`,
		"lab sweep --lrs 0.1,inf":            `--lrs wants finite numbers separated by commas`,
		"lab precision --lr inf":             `--lr wants a finite number`,
		"lab same --lr nan":                  `--lr wants a finite number`,
		"generate x --temperature inf":       `--temperature wants a finite number`,
		"diff a b --atol nan":                `--atol wants a finite number`,
		"lab init --lr 0":                    "lr is 0, but must be above 0",
		"lab init --schemes normal(0,inf)":   `"inf" is not a finite number`,
	})
}
