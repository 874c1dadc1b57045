package atomicfile

import (
	"io/fs"
	"os"
)

// KeepAccess gives the file or folder at path the permissions of old, which it is about to replace, and its owner and group as far as the system lets
// this user give files away. A folder also gets the bits that say whose files in it are: setgid and the sticky one.
func KeepAccess(path string, old fs.FileInfo) error { return keepAccess(byPath(path), old) }

// accessible is what has permissions and an owner.
type accessible interface {
	Chmod(mode fs.FileMode) error
	Chown(uid, gid int) error
}

// keepAccess gives a file its owner last: not everybody who may give a file away may change its permissions then. The group comes first, and where it
// stays another, that one may do what everybody may and no more: who could not read the old file must not for a moment read the new one.
func keepAccess(to accessible, old fs.FileInfo) error {
	mode := old.Mode() & fs.ModePerm
	if old.IsDir() {
		mode |= old.Mode() & (fs.ModeSetgid | fs.ModeSticky)
	}
	uid, gid, owned := owner(old)
	if owned && to.Chown(-1, gid) != nil {
		everybody := mode & 0o007
		mode &^= fs.ModeSetgid | 0o070&^(everybody<<3)
	}
	if err := to.Chmod(mode); err != nil {
		return err
	}
	if owned {
		_ = to.Chown(uid, -1) // where it is not allowed, it is no fault of the file
	}
	return nil
}

// byPath is a file that is not open, or a folder.
type byPath string

func (p byPath) Chmod(mode fs.FileMode) error { return os.Chmod(string(p), mode) }
func (p byPath) Chown(uid, gid int) error     { return os.Chown(string(p), uid, gid) }
