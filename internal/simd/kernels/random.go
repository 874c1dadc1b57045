package kernels

import "github.com/heft-ml/heft/internal/vector"

// random numbers come two to a counter. So a kernel works on two halves of its slices side by side, and element i of
// either half takes its number from the counter i.
func random() []*vector.Kernel {
	backward := vector.Gradient("dropoutBackward", "computes dx = scale * dy where kept, else 0 * dy.", func(k *vector.Kernel) vector.Value {
		dy, kept := k.In("dy").Load(), k.Stream("kept", vector.Bool).Load()
		zero := k.Float(0)
		return dy.Mul(kept.EqualInt(zero).Select(zero, k.Scalar("scale")))
	})
	return []*vector.Kernel{uniform(), normal(), dropout(), backward}
}

// threefry returns the two words of Threefry2x32-20 for the counter (number of the element, 0) and the key that it
// declares (Salmon et al. 2011, doi:10.1145/2063384.2063405; JAX's generator). Word 2 of the key is made of the others.
func threefry(k *vector.Kernel) (low, high vector.Value) {
	rotations := []uint32{13, 15, 26, 6, 17, 29, 16, 24}
	key := []vector.Value{k.Word("key0"), k.Word("key1"), k.Word("key2")}
	a, b := k.Index().AddInt(key[0]), key[1]
	for round := range 20 {
		a = a.AddInt(b)
		b = b.Rotate(rotations[round%8]).Xor(a)
		if inject := uint32(round/4 + 1); round%4 == 3 {
			a = a.AddInt(key[inject%3])
			b = b.AddInt(key[(inject+1)%3]).AddInt(k.Bits(inject))
		}
	}
	return a, b
}

func uniform() *vector.Kernel {
	k := vector.New("uniform", "draws from U(middle - reach, middle + reach): low[i] and high[i] from counter first + i.")
	streams := []vector.Stream{k.Out("low"), k.Out("high")}
	middle, reach := k.Scalar("middle"), k.Scalar("reach")
	a, b := threefry(k)
	for i, word := range []vector.Value{a, b} {
		// An odd multiple of 2^-24 between -1 and 1, so that the mean is 0 exactly.
		spread := word.ShiftRight(7).Or(k.Bits(1)).SubInt(k.Bits(1 << 24)).FromInt().Mul(k.Float(0x1p-24))
		streams[i].Store(spread.FMA(reach, middle))
	}
	return k
}

// normal is the method of Box and Muller (1958, doi:10.1214/aoms/1177706645). The radius comes from 31 bits, so that it
// reaches 6.6.
func normal() *vector.Kernel {
	k := vector.New("normal", "draws from N(mean, std²): low[i] and high[i] from counter first + i.")
	low, high := k.Out("low"), k.Out("high")
	mean, std := k.Scalar("mean"), k.Scalar("std")
	a, b := threefry(k)
	u := a.ShiftRight(1).Or(k.Bits(1)).FromInt().Mul(k.Float(0x1p-31))
	radius := log(k, u).Mul(k.Float(-2)).Sqrt()
	sine, cosine := sinCosTurn(k, b.ShiftRight(8).FromInt().Mul(k.Float(0x1p-24)))
	low.Store(radius.Mul(cosine).FMA(std, mean))
	high.Store(radius.Mul(sine).FMA(std, mean))
	return k
}

func dropout() *vector.Kernel {
	k := vector.New("dropout", "computes y = scale * x where the word of counter first + i, as a signed integer, is above limit, else 0 * x.")
	y := []vector.Stream{k.Out("low"), k.Out("high")}
	kept := []vector.Stream{k.Stream("keptLow", vector.Bool), k.Stream("keptHigh", vector.Bool)}
	x := []vector.Value{k.In("xLow").Load(), k.In("xHigh").Load()}
	scale, limit := k.Scalar("scale"), k.Word("limit")
	zero := k.Float(0)
	a, b := threefry(k)
	for i, word := range []vector.Value{a, b} {
		keep := word.GreaterInt(limit)
		y[i].Store(x[i].Mul(keep.Select(scale, zero)))
		kept[i].Store(keep.Select(k.Bits(1), zero))
	}
	return k
}
