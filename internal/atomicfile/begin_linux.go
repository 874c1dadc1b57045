//go:build amd64 || arm64

package atomicfile

import (
	"os"
	"syscall"
)

// begin has the disk begin with n bytes from the offset on, and does not wait. Sync is what counts: that it fails does no harm.
func begin(f *os.File, offset, n int64) {
	const syncFileRangeWrite = 2 // SYNC_FILE_RANGE_WRITE of sync_file_range(2)
	_ = syscall.SyncFileRange(int(f.Fd()), offset, n, syncFileRangeWrite)
}
