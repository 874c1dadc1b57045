// Package acceptance holds tests of what Heft promises its users. They start the heft command as a user does, on a
// machine where things go wrong: they kill it, fill its disk and feed it damaged files. The command is built once a run.
//
// What runs when:
//
//	go test ./acceptance                     seconds: one kill, one Ctrl-C, what is wrong with files and folders
//	go test ./acceptance -long               about a minute: more kills, every data set made again, scikit-learn
//	go test ./acceptance -full -timeout 0    up to an hour: 50 kills, Fashion-MNIST, cross-validation
//
// The promises, a file each:
//
//	kill_test.go         a run that is killed at any moment, and resumed, ends with the bits of one that never was
//	tune_test.go         so does a search over settings
//	reproduce_test.go    'heft reproduce' makes every data set's weights again, bit for bit, on one processor or two
//	wrong_test.go        data that cannot be used is an error of one line, which names the file and the place
//	disk_test.go         a full disk, a folder that cannot be written and a second process cost nothing that was there
//	sklearn_test.go      on tables, the defaults do as well as scikit-learn's
//	accuracy_test.go     a perceptron reaches 88% on Fashion-MNIST in ten epochs, the default recipe 97% on digits
//
// Moments of kills are drawn from a seed that the test logs. HEFT_SEED=N draws those of seed N again; a machine's load
// still moves them a little.
//
// Some tests need what not every machine has: signals (not on Windows), a file system of their own (root on Linux), the
// 60,000 images (the Debian package dataset-fashion-mnist, or 'heft data fetch fashion-mnist'), Python. They skip and say
// so; under CI=true a missing Python or data set fails.
package acceptance
