package main

import "fmt"

// probe writes the loop that reaches the processor's peak: FMAs on registers that do not wait for each other.
func (w *writer) probe() {
	name := w.name + "Probe"
	sums := 2 * w.rows
	w.begin(name, "n int", 8,
		fmt.Sprintf("%s executes %d n independent FMAs of %d lanes.", name, sums, w.lanes),
		fmt.Sprintf("%s to %s: sums; %s: the factors; CX: rounds left.", w.r(0), w.r(sums-1), w.r(sums)))
	w.ins("MOVQ n+0(FP), CX")
	for i := range sums + 1 {
		w.clear(i)
	}
	w.ins("PCALIGN $64")
	w.label("loop")
	for i := range sums {
		w.fma(sums, sums, i)
	}
	w.ins("DECQ CX")
	w.ins("JNZ loop")
	w.end()
}
