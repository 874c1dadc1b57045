// Package npz reads and writes NumPy's files: .npy, one array, and .npz, a zip of arrays with names.
//
//	err := npz.Save("weights.npz", tensors)
//	f, err := npz.Open("weights.npz")
//	w, err := f.Read("fc.weight")
//
// Which of the two a file is, its content says. The name of an array of a .npz is its entry's without ".npy"; that of a .npy is "arr_0", as np.savez
// calls what has no name.
//
// # Reading
//
// Versions 1 to 3 of the format (numpy/lib/format.py). Booleans, integers, float16 to float64 and complex64 are numbers, in any byte order, row-major
// or Fortran's; other types (complex128, long double, text, dates, records) are listed with NumPy's spelling as Type, and [File.View] shows their bytes.
// Arrays of Python objects are pickles: they are listed, and refused by name when looked at.
//
// Entries are stored or deflated. A stored, little-endian, row-major array is shown in place; any other is made anew in memory. An entry that claims
// to be larger than deflating could have made it is refused, so are entries that overlap, encrypted ones, and what is no array.
//
// # Writing
//
// As np.savez writes: stored, little-endian, row-major, each header padded to a multiple of 64 bytes. Equal content gives equal files. NumPy has no type
// for BF16, the F8s, F6s and F4: they are refused by name and have to be converted first.
package npz
