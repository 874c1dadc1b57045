package atomicfile

// ErrInjected is what a failing step returns.
var ErrInjected = errInjected

// Failing calls write while the n-th of the calls that Write makes of the system fails; 0: none does. It returns the calls that were made. No other test
// may write meanwhile.
func Failing(n int, write func() error) (calls []Step, err error) {
	d := &faultyDisk{failAt: n}
	system = d
	defer func() { system = operatingSystem{} }()
	err = write()
	return d.calls, err
}

// RequireOnly is for the tests of those who write through this package.
var RequireOnly = requireOnly
