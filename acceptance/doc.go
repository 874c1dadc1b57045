// Package acceptance holds tests of what Heft promises its users. They start the heft command as a user does, on a
// machine where things go wrong: they kill it, fill its disk and feed it damaged files. The command is built once a run.
//
// What runs when, on two cores:
//
//	go test ./acceptance                     seconds: a kill, a Ctrl-C, what is wrong with files and folders
//	go test ./acceptance -long               two minutes: more kills, every data set and model made again, scikit-learn
//	go test ./acceptance -full -timeout 0    an hour: 50 kills of each kind of run and 25 of searches, as many Ctrl-C, accuracy
//
// The promises, a file each:
//
//	kill_test.go         a run that is stopped at any moment, and resumed, ends with the bits of one that never was
//	tune_test.go         so does a search over settings
//	reproduce_test.go    'heft reproduce' makes the weights of every kind of data set and model again, on one processor or two
//	wrong_test.go        data that cannot be used is an error of one line, which names the file and the place
//	wrongmodel_test.go   so is a sample that a model cannot take, and a folder that is not the run it should be
//	disk_test.go         a full disk, forbidden folders and a second process cost nothing that was there
//	convert_test.go      a conversion that is killed, or whose disk is full, leaves what was there
//	public_test.go       models that others made go to other formats and back, and differ in nothing
//	scheme_test.go       an initialization that somebody adds in one file is in the command, the laboratory and the page
//	sklearn_test.go      on tables, the defaults do as well as scikit-learn's, which perceptrons.py trains
//	accuracy_test.go     a perceptron reaches 88% on Fashion-MNIST in ten epochs, the default recipe 97% on digits
//	nanogpt_test.go      the GPT learns Shakespeare as well as nanoGPT does in PyTorch, which nanogpt.py trains
//
// Moments to stop at are drawn from a seed that the test logs. HEFT_SEED=N draws those of seed N again; a machine's load
// still moves them a little.
//
// Some tests need what not every machine has: signals (not on Windows), a small disk to fill (root on Linux), the 70,000
// images (Debian's package dataset-fashion-mnist, or 'heft data fetch fashion-mnist'), a text that HEFT_TINYSHAKESPEARE
// names, Python. They skip and say so; under CI=true, missing images and a missing Python fail.
package acceptance
