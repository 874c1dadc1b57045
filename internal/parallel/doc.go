// Package parallel divides work among processors.
//
// [Run] and [For] cut work into pieces by its shape alone, never by the number of processors, so what is computed does
// not depend on who computes which piece.
//
// # How it works
//
// The caller takes pieces from a counter, and so do helpers: goroutines, at most one less than GOMAXPROCS. A helper is
// never waited for unless it holds a piece, so a busy machine costs no more than that piece takes. After its last piece
// a helper stays awake for 2 ms, since waking a processor takes longer (60 to 120 us) than most kernels of a training
// step; then it ends, and a process that computes nothing uses no processor. While awake it gives way to other
// goroutines and processes every 100 us.
//
// One caller is helped at a time. A call from inside a piece, or while another goroutine's call runs, does its pieces
// itself; with many goroutines at work the processors are busy already. So it is with GOMAXPROCS 1, and always in
// WebAssembly.
//
// # Panics
//
// A panic in a piece reaches the caller with the same value, wherever the piece ran; pieces not begun yet are left out.
// The stack shown is the caller's: with GOMAXPROCS=1 it is that of the piece. runtime.Goexit in a piece ends the caller.
package parallel
