// Package initializer gives parameters their starting values. (The folder is init, a name Go reserves.)
//
// A [Scheme] is a rule over a described parameter and a stream of random numbers. It knows nothing of tapes or layers:
// fans and kinds are stated by the layer that declares the parameter, never guessed from a shape.
//
// [Parse] reads a scheme by name, and [Override] gives some parameters another. Most schemes are about weights. Unless they
// say otherwise, biases start at 0, scales at 1 and buffers at their declared value.
//
// # Notation
//
// fan_in and fan_out count the connections into and out of one unit. U(a, b) is uniform, N(m, s²) normal with standard
// deviation s. The gain makes up for what a nonlinearity takes from the signal: see [Gain].
//
// # Fans, as layers state them
//
//	layer                               shape              fan_in           fan_out
//	Linear                              [out, in]          in               out
//	convolution of g groups, k taps     [out, in/g, ...]   k in/g           k out/g
//	the same transposed, of stride s    [in, out/g, ...]   k in/g / s       k out/g
//	Embedding                           [v, c]             c                v
//	queries, keys and values in one     [3c, c]            c                c
//	queries of h heads of d             [h d, c]           c                h d
//	keys, values of h' heads of d       [h' d, c]          c                h' d
//	gates of a recurrent layer          [gates h, in]      in               h
//
// Of a transposed convolution, which package nn has no layer for, s is the stride to the power of the axes.
//
// [Param] has what else a scheme may go by. docs/initialization.md lists the schemes, with their sources and when to use
// which, and what every layer states.
package initializer
