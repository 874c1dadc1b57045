package nn

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// stream derives a random stream from a seed, a purpose and counters, so that nothing needs to carry or save a
// generator's state and adding one consumer changes no other. The key is SHA-256 of their unambiguous encoding.
func stream(seed uint64, purpose string, counters ...int) *rand.Rand {
	key := make([]byte, 0, 64)
	key = binary.LittleEndian.AppendUint64(key, seed)
	key = binary.LittleEndian.AppendUint64(key, uint64(len(purpose)))
	key = append(key, purpose...)
	for _, k := range counters {
		key = binary.LittleEndian.AppendUint64(key, uint64(k))
	}
	sum := sha256.Sum256(key)
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16])))
}
