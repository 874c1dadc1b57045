package atomicfile

import (
	"io/fs"
	"os"
)

// KeepAccess gives the file or folder at path the permissions of old, which it is about to replace, and its owner and group as far as the system lets
// this user give files away.
func KeepAccess(path string, old fs.FileInfo) error { return keepAccess(byPath(path), old) }

// accessible is what has permissions and an owner.
type accessible interface {
	Chmod(mode fs.FileMode) error
	Chown(uid, gid int) error
}

// keepAccess changes the owner first: who could not read the old file must not for a moment read the new one.
func keepAccess(to accessible, old fs.FileInfo) error {
	if uid, gid, ok := owner(old); ok && to.Chown(uid, gid) != nil {
		_ = to.Chown(-1, gid) // one's own file can be given to a group that one is in; what is left is no fault of the file
	}
	return to.Chmod(old.Mode().Perm())
}

// byPath is a file that is not open, or a folder.
type byPath string

func (p byPath) Chmod(mode fs.FileMode) error { return os.Chmod(string(p), mode) }
func (p byPath) Chown(uid, gid int) error     { return os.Chown(string(p), uid, gid) }
