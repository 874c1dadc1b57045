package protocol

import "runtime/debug"

// Version returns the version of the module that this program was built with.
func Version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, m := range info.Deps {
			if m.Path == module {
				return m.Version
			}
		}
	}
	return "(unknown version)"
}
