package pages

import "syscall"

const (
	large     = 2 << 20 // bytes of a large page, of amd64 and mostly of arm64
	hugepages = 14      // MADV_HUGEPAGE
)

// advise asks for large pages, those too that the memory shares with its neighbours: parameters are often smaller than
// one. It changes no byte, and a refusal changes nothing.
func advise(address, bytes uintptr) {
	from := address &^ (large - 1)
	to := (address + bytes + large - 1) &^ (large - 1)
	syscall.Syscall(syscall.SYS_MADVISE, from, to-from, hugepages)
}
