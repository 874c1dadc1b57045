//go:build !(amd64 || arm64) || noasm

package parallel

// pause does nothing where no instruction is known for it.
func pause() {}
