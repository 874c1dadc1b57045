// Command gen writes the assembly of internal/simd from its kernels.
package main

import (
	"log"

	"github.com/heft-ml/heft/internal/simd/kernels"
	"github.com/heft-ml/heft/internal/vector"
)

func main() {
	if err := vector.Write(".", "simd", kernels.All()); err != nil {
		log.Fatal(err)
	}
}
